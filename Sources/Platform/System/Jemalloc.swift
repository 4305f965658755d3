public import AssayModel
import Glibc

/// Memory statistics of this process as reported by jemalloc.
public struct JemallocStatistics: Equatable, Sendable {
  /// Bytes the application has allocated.
  public var allocated: ByteCount
  /// Bytes in active pages; at least `allocated`.
  public var active: ByteCount
  /// Bytes in mapped extents.
  public var mapped: ByteCount
  /// Maximum number of bytes in physical memory.
  public var resident: ByteCount
  /// Allocations requested since the start; excludes those still in the caches of running threads.
  public var requests: UInt64

  /// Reads fresh statistics; takes about 10 us.
  ///
  /// - Returns: `nil` if jemalloc does not serve this process, or keeps no statistics.
  /// Source: jemalloc(3), `mallctl`.
  public static func current() -> JemallocStatistics? {
    guard let control = MallocControl(), control.refresh(),
      let allocated = control.size("stats.allocated"),
      let active = control.size("stats.active"),
      let mapped = control.size("stats.mapped"),
      let resident = control.size("stats.resident")
    else { return nil }
    // 4096 means all arenas together (MALLCTL_ARENAS_ALL).
    let small = control.count("stats.arenas.4096.small.nrequests") ?? 0
    let large = control.count("stats.arenas.4096.large.nrequests") ?? 0
    return JemallocStatistics(
      allocated: ByteCount(allocated), active: ByteCount(active), mapped: ByteCount(mapped),
      resident: ByteCount(resident), requests: small + large)
  }
}

/// The function `mallctl`, if the process has it.
///
/// Safe because the function is only called with the sizes that its documentation names.
@safe private struct MallocControl {
  private typealias Function =
    @convention(c) (
      UnsafePointer<CChar>, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?,
      UnsafeMutableRawPointer?, Int
    ) -> Int32

  private let function: Function

  init?() {
    // A null handle is RTLD_DEFAULT, which finds a preloaded library.
    guard let symbol = unsafe dlsym(nil, "mallctl") else { return nil }
    unsafe function = unsafeBitCast(symbol, to: Function.self)
  }

  /// Updates the statistics now.
  func refresh() -> Bool {
    var epoch: UInt64 = 1
    return unsafe function("epoch", nil, nil, &epoch, 8) == 0
  }

  func size(_ name: String) -> Int64? {
    count(name).map { Int64(clamping: $0) }
  }

  /// Reads a `size_t` or `uint64_t`, which are the same on the 64-bit machines that Assay supports.
  func count(_ name: String) -> UInt64? {
    var value: UInt64 = 0
    var length = 8
    guard unsafe function(name, &value, &length, nil, 0) == 0, length == 8 else { return nil }
    return value
  }
}
