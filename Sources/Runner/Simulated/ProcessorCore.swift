import Glibc

/// What makes a process fit for thousands of simulations a second.
///
/// The functions are looked up by name, because the Glibc module hides what needs `_GNU_SOURCE`.
enum ProcessorCore {
  private typealias SetAffinity =
    @convention(c) (
      pid_t, Int, UnsafePointer<UInt64>
    ) -> Int32
  private typealias MallocOption = @convention(c) (Int32, Int32) -> Int32

  /// Words of a processor mask: 1,024 cores, as `cpu_set_t` of the C library.
  private static let maskWords = 16

  /// Keeps the calling thread, and those that it starts later, on one core.
  ///
  /// A hand-over between threads of one core takes a quarter of the time that it takes between two.
  ///
  /// - Returns: whether the system allowed it; without it everything works, only slower.
  /// Source: sched_setaffinity(2).
  @discardableResult
  static func stay(on core: Int) -> Bool {
    guard core >= 0, core < maskWords * 64, let symbol = unsafe dlsym(nil, "sched_setaffinity")
    else { return false }
    let function = unsafe unsafeBitCast(symbol, to: SetAffinity.self)
    var mask = [UInt64](repeating: 0, count: maskWords)
    mask[core / 64] = 1 << UInt64(core % 64)
    return unsafe mask.withUnsafeBufferPointer { words in
      guard let base = words.baseAddress else { return false }
      return unsafe function(0, maskWords * 8, base) == 0
    }
  }

  /// Has the C library keep memory that is freed, up to 256 MiB, for the rest of the process, and
  /// in one place for all threads, of which only one runs at a time.
  ///
  /// SQLite frees its caches at every close, and glibc then gives them back to the kernel page by
  /// page: over half the time of a simulation that opens a database for each schedule.
  ///
  /// - Returns: whether the allocator knows the option (glibc's does).
  /// Source: mallopt(3), `M_TRIM_THRESHOLD`, `M_ARENA_MAX`.
  @discardableResult
  static func keepFreedMemory() -> Bool {
    guard let symbol = unsafe dlsym(nil, "mallopt") else { return false }
    let function = unsafe unsafeBitCast(symbol, to: MallocOption.self)
    let (trimThreshold, arenaMaximum): (Int32, Int32) = (-1, -8)
    return function(trimThreshold, 256 << 20) == 1 && function(arenaMaximum, 1) == 1
  }
}
