public import AssayModel
import Glibc

/// One injected fault, as logged.
///
/// A lasting fault is logged when it begins.
public struct InjectedFault: Hashable, Sendable {
  /// Place of the fault in the scenario's list.
  public var number: Int
  /// Method hit.
  public var method: VFSMethod
  /// Kind of file hit.
  public var file: FileKind
  /// Number of the operation among those that the fault selects, from 1.
  public var operation: UInt64
  /// Time of the injection.
  public var time: MonotonicTime
  /// Time at which it ended by itself; `nil` for a single operation and for an endless fault.
  public var until: MonotonicTime?
  /// True if the fault has no end.
  public var isForever: Bool
  /// Offset of the operation in the file, in bytes; 0 if it has none.
  public var offset: Int64
  /// Bit flipped, counted from that offset; 0 for other faults.
  public var bit: UInt64

  /// Words of a record.
  static let wordCount = 8
  private static let magic: UInt64 = 0x4153_5341_0001_0000

  var words: [UInt64] {
    [
      Self.magic | UInt64(method.slot) << 8 | UInt64(file.slot), UInt64(number), operation,
      time.nanoseconds, isForever ? .max : until?.nanoseconds ?? 0, UInt64(bitPattern: offset),
      bit, 0,
    ]
  }

  init(
    number: Int, method: VFSMethod, file: FileKind, operation: UInt64, time: MonotonicTime,
    until: MonotonicTime?, isForever: Bool, offset: Int64, bit: UInt64
  ) {
    self.number = number
    self.method = method
    self.file = file
    self.operation = operation
    self.time = time
    self.until = until
    self.isForever = isForever
    self.offset = offset
    self.bit = bit
  }

  init?(words: ArraySlice<UInt64>) {
    let words = Array(words)
    guard words.count == Self.wordCount, words[0] & ~0xffff == Self.magic,
      let method = VFSMethod.allCases.first(where: { UInt64($0.slot) == words[0] >> 8 & 0xff }),
      let file = FileKind.allCases.first(where: { UInt64($0.slot) == words[0] & 0xff })
    else { return nil }
    self.init(
      number: Int(clamping: words[1]), method: method, file: file, operation: words[2],
      time: MonotonicTime(nanoseconds: words[3]),
      until: [0, .max].contains(words[4]) ? nil : MonotonicTime(nanoseconds: words[4]),
      isForever: words[4] == .max, offset: Int64(bitPattern: words[5]), bit: words[6])
  }

  /// Decodes the bytes of a log, in chronological order.
  ///
  /// A record cut off by the death of its process is left out.
  /// - Returns: `nil` if the bytes are not a log.
  public static func decode(_ bytes: [UInt8]) -> [InjectedFault]? {
    let words = stride(from: 0, through: bytes.count - 8, by: 8).map { start in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
    }
    var faults: [InjectedFault] = []
    for start in stride(from: 0, through: words.count - wordCount, by: wordCount) {
      guard let fault = InjectedFault(words: words[start..<start + wordCount]) else { return nil }
      faults.append(fault)
    }
    return faults
  }
}

/// Appends injections to a file, so that they are known even if the process dies immediately.
struct RealFaultLog: ~Copyable {
  private let descriptor: Int32

  init(path: String) throws(RealFileSystemError) {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw RealFileSystemError(code: .log, cause: errno, subject: path)
    }
  }

  deinit { close(descriptor) }

  /// - Returns: true if the record is in the file; a full disk may prevent it.
  func append(_ fault: InjectedFault) -> Bool {
    let words = fault.words.map(\.littleEndian)
    return unsafe words.withUnsafeBytes { bytes in
      unsafe write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
    }
  }
}
