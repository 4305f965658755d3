import Glibc
import Synchronization

/// A file mapped and shared with other processes: 64-bit words at multiples of eight bytes.
///
/// Stored words survive the death of the process (not of the machine): nothing is ever synced to
/// the device.
///
/// Safe because `base` is mapped in `init`, unmapped in `deinit`, and every public access checks
/// its index. If another program truncates the file meanwhile, an access is SIGBUS; Assay's own
/// code truncates a file only after its last mapping is gone.
@safe public final class MappedFile: @unchecked Sendable {
  // Unchecked because of the pointer; the mapping exists for sharing, and the caller orders plain
  // stores by a releasing store and an acquiring load.

  /// Path of the file.
  public let path: String
  /// Length of the mapping in bytes; a multiple of eight.
  public let byteCount: Int
  /// Number of whole words.
  public var wordCount: Int { byteCount / 8 }

  /// The first byte; module-internal code that bypasses the checks must stay below `byteCount`.
  let base: UnsafeMutableRawPointer

  /// Creates a file of zeros and maps it.
  ///
  /// The blocks are allocated first (`posix_fallocate`): a full disk is an error here and never a
  /// signal later. On a copy-on-write file system, such as btrfs, that is not guaranteed.
  ///
  /// - Parameters:
  ///   - path: must not exist yet.
  ///   - byteCount: a positive multiple of eight.
  ///   - populated: true to fault all pages in now, so that no later store has to.
  /// - Throws: `alreadyExists`, `noSpace`, or another system error; no file is left then.
  public init(
    creating path: String, byteCount: Int, populated: Bool = false
  ) throws(PlatformError) {
    precondition(byteCount > 0 && byteCount % 8 == 0, "\(byteCount) is not a multiple of eight")
    let file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
    do {
      try Self.allocate(file, byteCount, path)
      unsafe base = try Self.map(file, byteCount, PROT_READ | PROT_WRITE, path)
    } catch {
      unsafe unlink(path)
      throw error
    }
    self.path = path
    self.byteCount = byteCount
    if populated { populate() }
  }

  /// Maps the whole words of an existing file.
  ///
  /// - Parameter isWritable: true to allow stores; a store into a read-only mapping traps.
  /// - Throws: `badFormat` if the file is shorter than one word, or the system's error.
  public init(opening path: String, isWritable: Bool) throws(PlatformError) {
    let file = try FileDescriptor(opening: path, isWritable ? O_RDWR : O_RDONLY)
    let size = Int(try file.status(path: path).st_size) / 8 * 8
    guard size > 0 else {
      throw PlatformError(
        code: .badFormat, operation: "mmap", path: path, detail: "shorter than eight bytes")
    }
    let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
    unsafe base = try Self.map(file, size, protection, path)
    self.path = path
    byteCount = size
  }

  deinit { unsafe munmap(base, byteCount) }

  /// Reads a word without ordering.
  public func load(_ index: Int) -> UInt64 {
    unsafe atomic(index).pointee.load(ordering: .relaxed)
  }

  /// Reads a word with acquire ordering: all stores before its releasing store are then visible.
  public func loadAcquiring(_ index: Int) -> UInt64 {
    unsafe atomic(index).pointee.load(ordering: .acquiring)
  }

  /// Writes a word without ordering.
  public func store(_ value: UInt64, at index: Int) {
    unsafe atomic(index).pointee.store(value, ordering: .relaxed)
  }

  /// Writes a word with release ordering, after all earlier stores.
  public func storeReleasing(_ value: UInt64, at index: Int) {
    unsafe atomic(index).pointee.store(value, ordering: .releasing)
  }

  /// Adds to a word atomically and returns the sum; wraps around.
  @discardableResult
  public func add(_ value: UInt64, at index: Int) -> UInt64 {
    unsafe atomic(index).pointee.wrappingAdd(value, ordering: .acquiringAndReleasing).newValue
  }

  private func atomic(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    precondition(
      index >= 0 && index < wordCount, "word \(index) of \(path) is outside 0..<\(wordCount)")
    return unsafe (base + index * 8).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// Faults all pages in for writing with `MADV_POPULATE_WRITE` (Linux 5.14), else page by page.
  private func populate() {
    let populateWrite: Int32 = 23
    if unsafe madvise(base, byteCount, populateWrite) == 0 { return }
    for offset in stride(from: 0, to: byteCount, by: 4_096) {
      unsafe base.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
    }
  }

  private static func allocate(
    _ file: borrowing FileDescriptor, _ byteCount: Int, _ path: String
  ) throws(PlatformError) {
    var result = EINTR
    while result == EINTR { result = posix_fallocate(file.number, 0, byteCount) }
    guard result == 0 else {
      throw PlatformError(
        operation: "posix_fallocate", errorNumber: result, path: path, detail: "\(byteCount) bytes")
    }
  }

  private static func map(
    _ file: borrowing FileDescriptor, _ byteCount: Int, _ protection: Int32, _ path: String
  ) throws(PlatformError) -> UnsafeMutableRawPointer {
    let address = unsafe mmap(nil, byteCount, protection, MAP_SHARED, file.number, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw PlatformError(operation: "mmap", errorNumber: errno, path: path)
    }
    return unsafe address
  }
}
