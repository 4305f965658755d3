/// A word on the compile options that change what an application can rely on. Pure.
///
/// Source: compile.html, and pragma.html for the defaults.
enum OptionNotes {
  /// The notable ones among a library's options, in its order.
  static func notable(_ options: [String]) -> [OptionNote] {
    options.compactMap { option in
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      return meaning(name: parts.first ?? option, value: parts.count == 2 ? parts[1] : nil)
        .map { OptionNote(option: option, meaning: $0) }
    }
  }

  private static func meaning(name: String, value: String?) -> String? {
    switch name {
    case "THREADSAFE": threads(value)
    case "DEFAULT_SYNCHRONOUS": "outside WAL mode a connection begins with \(sync(value))"
    case "DEFAULT_WAL_SYNCHRONOUS": "in WAL mode a connection begins with \(sync(value))"
    case "DEFAULT_WAL_AUTOCHECKPOINT":
      "pages in the WAL after which a commit checkpoints; 0 would never do it"
    case "DEFAULT_FOREIGN_KEYS": value == "1" ? "foreign keys are enforced by default" : nil
    case "DEFAULT_LOCKING_MODE": value == "1" ? "connections keep the database locked" : nil
    case "DEFAULT_MEMSTATUS": value == "0" ? "memory statistics are off" : nil
    case "DEFAULT_MMAP_SIZE": value == "0" ? nil : "reads go through a memory map by default"
    case "MAX_MMAP_SIZE":
      value == "0" ? "memory-mapped reading is compiled out" : "the most that mmap_size can be"
    case "SECURE_DELETE": secureDelete(value)
    case "FAST_SECURE_DELETE": "deleted content is overwritten where that costs no extra write"
    case "TEMP_STORE": temporaryStore(value)
    case "DIRECT_OVERFLOW_READ":
      value == "0" ? nil : "large values are read past the page cache"
    case "DQS":
      value == "0" ? "a misspelt \"column\" is an error and not a string" : nil
    case "USE_URI": value == "0" ? nil : "file names that begin with file: are read as URIs"
    case "LIKE_DOESNT_MATCH_BLOBS": "LIKE and GLOB never match a BLOB"
    case "DISABLE_DIRSYNC": "the folder is not synced after a journal is deleted: less durable"
    case "EXTRA_DURABLE": "synchronous is EXTRA where it would be FULL"
    default: family(name)
    }
  }

  private static func family(_ name: String) -> String? {
    switch name {
    case "ENABLE_UNLOCK_NOTIFY": "sqlite3_unlock_notify is there, which only a shared cache needs"
    case "ENABLE_SETLK_TIMEOUT": "waits for locks in the kernel where it can"
    case "ENABLE_EXPENSIVE_ASSERT", "DEBUG", "COVERAGE_TEST":
      "a build for tests: its speed says nothing"
    case "ENABLE_BATCH_ATOMIC_WRITE": "on F2FS transactions can go without a journal"
    case "ENABLE_ATOMIC_WRITE": "goes without a journal where a device writes pages atomically"
    case "OMIT_LOOKASIDE": "small allocations all go to malloc: somewhat slower"
    case "OMIT_WAL": "there is no WAL mode"
    case "OMIT_AUTOINIT": "the application must call sqlite3_initialize first"
    case "OMIT_SHARED_CACHE": "no shared cache: one trap fewer"
    default:
      name.hasPrefix("OMIT_") ? "left out of this build" : nil
    }
  }

  private static func threads(_ value: String?) -> String? {
    switch value {
    case "0": "no mutexes at all: one thread only, whatever the application does"
    case "1", nil: "serialized: connections can be shared between threads, at the cost of a mutex"
    case "2": "multi-thread: a connection belongs to one thread at a time"
    default: nil
    }
  }

  private static func secureDelete(_ value: String?) -> String? {
    switch value {
    case "0": nil
    default: "deleted content is overwritten with zeros: more writes per DELETE"
    }
  }

  private static func temporaryStore(_ value: String?) -> String? {
    switch value {
    case "0": "temporary tables always live in files"
    case "1": "temporary tables live in files unless temp_store says otherwise"
    case "2": "temporary tables live in memory unless temp_store says otherwise"
    case "3": "temporary tables always live in memory"
    default: nil
    }
  }

  private static func sync(_ value: String?) -> String {
    switch value {
    case "0": "synchronous=OFF: no sync, a power loss can corrupt the database"
    case "1": "synchronous=NORMAL"
    case "2": "synchronous=FULL"
    case "3": "synchronous=EXTRA"
    default: "synchronous=\(value ?? "?")"
    }
  }
}
