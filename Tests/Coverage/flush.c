/* Writes the counts of a coverage build while its process runs: libgcov writes them at exit only, and
   many workers end by SIGKILL. Each process has a folder of its own, so that a kill in the middle of a
   write damages no counts but its own. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern void __gcov_dump(void);
extern void __gcov_reset(void);

static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static void *flush(void *unused) {
  char folder[4096];
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  snprintf(folder, sizeof folder, "%s/%ld-%ld%09ld", COUNTS, (long)getpid(), (long)now.tv_sec,
           now.tv_nsec);
  /* Not earlier: Swift finds the arguments of the process by the original place of its environment. */
  usleep(100 * 1000);
  setenv("GCOV_PREFIX", folder, 1);
  for (;;) {
    usleep(200 * 1000);
    pthread_mutex_lock(&writing);
    __gcov_dump();
    __gcov_reset();
    pthread_mutex_unlock(&writing);
  }
  return unused;
}

__attribute__((constructor)) static void start(int count, char **arguments) {
  pthread_t thread;
  /* The coordinator loads the library only to ask for its version. */
  if (count != 2 || strcmp(arguments[1], "--assay-worker") != 0) return;
  pthread_create(&thread, NULL, flush, NULL);
}

/* libgcov writes the rest after this: not at the same time as the thread, which stays locked out. */
__attribute__((destructor)) static void end(void) { pthread_mutex_lock(&writing); }
