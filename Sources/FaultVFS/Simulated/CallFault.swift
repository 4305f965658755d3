public import AssayModel

/// A fault of one call on the simulated disk, optionally along with all later matching calls.
public struct CallFault: Hashable, Sendable {
  /// Effect of the fault on the call.
  public enum Effect: String, CaseIterable, Codable, Sendable {
    /// It fails with the method's I/O error and has no effect.
    case ioError = "io_error"
    /// A read returns half of its bytes; the rest is zero.
    case shortRead = "short_read"
    /// A write fails after its first half has reached the file.
    case shortWrite = "short_write"
    /// A write finds no space.
    case diskFull = "disk_full"
    /// A sync fails, and the data it should have made durable is lost.
    case fsyncError = "fsync_error"
    /// A read has one bit flipped.
    case bitFlip = "bit_flip"
    /// A lock is reported as granted but not taken.
    case silentLock = "silent_lock"
  }

  /// Effect of the fault.
  public var effect: Effect
  /// Method to hit.
  public var method: VFSMethod
  /// Kind of file to hit; `nil` for any.
  public var file: FileKind?
  /// Number of the first matching call to hit, from 1.
  public var call: Int
  /// Indicates that all later matching calls are hit as well.
  public var isLasting: Bool

  /// Creates a fault.
  public init(
    _ effect: Effect = .ioError, method: VFSMethod, file: FileKind? = nil, call: Int,
    isLasting: Bool
  ) {
    self.effect = effect
    self.method = method
    self.file = file
    self.call = call
    self.isLasting = isLasting
  }
}

/// Counts calls against a fault.
struct CallFaultState {
  let fault: CallFault
  /// Matching calls so far.
  private(set) var calls = 0
  /// Matching calls hit so far.
  private(set) var hits = 0

  init(_ fault: CallFault) {
    self.fault = fault
  }

  /// Counts a call; returns the effect of the fault on it, if any.
  mutating func next(_ method: VFSMethod, _ file: FileKind?) -> CallFault.Effect? {
    guard method == fault.method, fault.file == nil || fault.file == file else { return nil }
    calls += 1
    guard fault.isLasting ? calls >= fault.call : calls == fault.call else { return nil }
    hits += 1
    return fault.effect
  }
}
