public import AssayModel

/// A fault that makes one call of the simulated disk fail, and perhaps all that follow.
public struct CallFault: Hashable, Sendable {
  /// What happens to the call.
  public enum Effect: String, CaseIterable, Codable, Sendable {
    /// It fails with the method's I/O error and has no effect.
    case ioError = "io_error"
    /// A read returns half of its bytes, the rest is zero.
    case shortRead = "short_read"
    /// A write fails when its first half is in the file.
    case shortWrite = "short_write"
    /// A write finds no space.
    case diskFull = "disk_full"
    /// A sync fails, and what it should have made durable is lost.
    case fsyncError = "fsync_error"
    /// A read has one bit flipped.
    case bitFlip = "bit_flip"
    /// A lock is granted that was not taken.
    case silentLock = "silent_lock"
  }

  /// What happens.
  public var effect: Effect
  /// The method that is hit.
  public var method: VFSMethod
  /// The kind of file that is hit; `nil` for any.
  public var file: FileKind?
  /// The number of the matching call that is hit first, from 1.
  public var call: Int
  /// Whether all later matching calls are hit as well.
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
  /// How many of them were hit.
  private(set) var hits = 0

  init(_ fault: CallFault) {
    self.fault = fault
  }

  /// Counts a call; returns what happens to it.
  mutating func next(_ method: VFSMethod, _ file: FileKind?) -> CallFault.Effect? {
    guard method == fault.method, fault.file == nil || fault.file == file else { return nil }
    calls += 1
    guard fault.isLasting ? calls >= fault.call : calls == fault.call else { return nil }
    hits += 1
    return fault.effect
  }
}
