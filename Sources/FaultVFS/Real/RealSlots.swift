import AssayModel
import Glibc

extension VFSMethod {
  static let slotCount = 21

  /// A small number for tables and bit masks.
  @inline(__always)
  var slot: Int {
    switch self {
    case .open: 0
    case .close: 1
    case .delete: 2
    case .access: 3
    case .read: 4
    case .write: 5
    case .truncate: 6
    case .sync: 7
    case .lock: 8
    case .unlock: 9
    case .fetch: 10
    case .unfetch: 11
    case .sleep: 12
    case .fileSize: 13
    case .checkReservedLock: 14
    case .fileControl: 15
    case .sharedMemoryMap: 16
    case .sharedMemoryLock: 17
    case .sharedMemoryBarrier: 18
    case .sharedMemoryUnmap: 19
    case .currentTime: 20
    }
  }

  /// Its bit in a mask of methods.
  @inline(__always)
  var bit: UInt32 { 1 << UInt32(slot) }
}

extension FileKind {
  static let slotCount = 5

  /// A small number for tables.
  var slot: Int {
    switch self {
    case .database: 0
    case .journal: 1
    case .wal: 2
    case .superJournal: 3
    case .temporary: 4
    }
  }

  /// Derives the kind of a file from its name: `xDelete` and `xAccess` get no flags.
  ///
  /// A super-journal is named `<database>-mjXXXXXX9XX` (SQLite's vdbeaux.c).
  init(path: UnsafePointer<CChar>) {
    let length = unsafe strlen(path)
    func endsIn(_ suffix: StaticString, before tail: Int = 0) -> Bool {
      let count = suffix.utf8CodeUnitCount
      guard length >= count + tail else { return false }
      return unsafe memcmp(path + (length - count - tail), suffix.utf8Start, count) == 0
    }
    if endsIn("-wal") {
      self = .wal
    } else if endsIn("-journal") {
      self = .journal
    } else if endsIn("-mj", before: 9) {
      self = .superJournal
    } else {
      self = .database
    }
  }
}

/// `CLOCK_MONOTONIC` in nanoseconds, without a system call on machines with a vDSO.
@inline(__always)
func monotonicNanoseconds() -> UInt64 {
  var now = timespec()
  _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
}

/// Sleeps until a reading of `CLOCK_MONOTONIC`; a signal in between does not shift the deadline.
func sleep(untilNanoseconds deadline: UInt64) {
  var until = timespec(
    tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
  while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nil) == EINTR {}
}
