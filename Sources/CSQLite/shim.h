// What Swift cannot import from sqlite3.h and the C library: cast macros, variadic functions, and
// extended result codes that the header builds with a shift. Nothing here has any logic.
#ifndef ASSAY_CSQLITE_SHIM_H
#define ASSAY_CSQLITE_SHIM_H

#include <sqlite3.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline sqlite3_destructor_type assay_sqlite_transient(void) { return SQLITE_TRANSIENT; }

static inline int assay_sqlite_config_single(int option) { return sqlite3_config(option); }
static inline int assay_sqlite_config_int(int option, int value) { return sqlite3_config(option, value); }
static inline int assay_sqlite_config_methods(int option, sqlite3_mem_methods *methods) {
  return sqlite3_config(option, methods);
}
static inline int assay_sqlite_config_lookaside(int size, int count) {
  return sqlite3_config(SQLITE_CONFIG_LOOKASIDE, size, count);
}
static inline int assay_sqlite_db_config_int(sqlite3 *db, int option, int value, int *result) {
  return sqlite3_db_config(db, option, value, result);
}
static inline int assay_sqlite_prng_seed(int seed) {
  return sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, (sqlite3 *)0);
}

static inline int assay_prctl(int option, unsigned long value) {
  return prctl(option, value, 0UL, 0UL, 0UL);
}

// The C library declares copy_file_range(2) only for _GNU_SOURCE.
static inline long assay_copy_file_range(int input, int output, unsigned long count) {
  return syscall(SYS_copy_file_range, input, (void *)0, output, (void *)0, count, 0U);
}

#define ASSAY_CODE(name) static const int32_t assay_##name = SQLITE_##name
ASSAY_CODE(BUSY_RECOVERY);
ASSAY_CODE(BUSY_SNAPSHOT);
ASSAY_CODE(BUSY_TIMEOUT);
ASSAY_CODE(IOERR_READ);
ASSAY_CODE(IOERR_SHORT_READ);
ASSAY_CODE(IOERR_WRITE);
ASSAY_CODE(IOERR_FSYNC);
ASSAY_CODE(IOERR_TRUNCATE);
ASSAY_CODE(IOERR_LOCK);
ASSAY_CODE(IOERR_UNLOCK);
ASSAY_CODE(IOERR_CHECKRESERVEDLOCK);
ASSAY_CODE(IOERR_SHMLOCK);
ASSAY_CODE(IOERR_SHMMAP);
ASSAY_CODE(IOERR_SHMSIZE);
ASSAY_CODE(IOERR_FSTAT);
ASSAY_CODE(IOERR_DELETE);
ASSAY_CODE(IOERR_DELETE_NOENT);
ASSAY_CODE(IOERR_ACCESS);
ASSAY_CODE(IOERR_NOMEM);
ASSAY_CODE(CONSTRAINT_CHECK);
ASSAY_CODE(CONSTRAINT_FOREIGNKEY);
ASSAY_CODE(CONSTRAINT_NOTNULL);
ASSAY_CODE(CONSTRAINT_PRIMARYKEY);
ASSAY_CODE(CONSTRAINT_UNIQUE);
ASSAY_CODE(READONLY_DIRECTORY);
ASSAY_CODE(CANTOPEN_ISDIR);
#undef ASSAY_CODE

#endif
