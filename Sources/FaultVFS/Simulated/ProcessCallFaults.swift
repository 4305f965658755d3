public import AssayModel

/// Decides what becomes of the calls of a simulated disk, one by one, while actors take turns.
public protocol CallFaultSource: AnyObject {
  /// Told of a call when its actor goes on with it, before it takes effect.
  ///
  /// - Parameters:
  ///   - bytes: length of a read or write.
  ///   - grows: whether a file must grow for it.
  /// - Returns: what happens to it; `nil` for nothing.
  func effect(
    on method: VFSMethod, _ file: FileKind?, bytes: Int, grows: Bool
  ) -> CallFault.Effect?
}

/// The faults of the file system layer in one simulated process: they strike when those of a real
/// process do.
public struct ProcessCallFaults: Sendable {
  /// What becomes of a call.
  public enum Outcome: Hashable, Sendable {
    /// It fails.
    case fails(CallFault.Effect)
    /// The process dies in it.
    case dies(FaultSpecification.Moment)
  }

  /// A fault that strikes.
  public struct Strike: Hashable, Sendable {
    /// Place of the fault in the scenario's list.
    public var number: Int
    /// What becomes of the call.
    public var outcome: Outcome
    /// Whether the fault begins here, and does not go on.
    public var isFirst: Bool
  }

  private var entries: [RealFaultEntry]

  /// Prepares the faults of a process.
  ///
  /// - Parameters:
  ///   - faults: those that are not of the file system layer are left out.
  ///   - seed: of the process.
  ///   - isRestarted: whether the process was started before: what happens once does not happen to
  ///     it again.
  ///   - measuredFrom: what times are counted from.
  public init(
    _ faults: [RealFileSystemSettings.NumberedFault], seed: Seed, isRestarted: Bool,
    measuredFrom: MonotonicTime, now: MonotonicTime
  ) {
    entries = faults.filter(\.fault.isOfFileSystem).map {
      RealFaultEntry($0, seed: seed, isRestarted: isRestarted)
    }
    for index in entries.indices {
      entries[index].arm(measuredFrom: measuredFrom.nanoseconds, now: now.nanoseconds)
    }
  }

  /// Takes a call of the process.
  ///
  /// - Parameters:
  ///   - grows: whether a file must grow for it, which a full disk refuses.
  ///   - phase: the part of the process's life.
  /// - Returns: what strikes it; each fault counts it, and the first one acts.
  public mutating func next(
    _ method: VFSMethod, _ file: FileKind?, bytes: Int, grows: Bool = true,
    phase: FaultSpecification.Phase = .load, now: MonotonicTime
  ) -> Strike? {
    var strike: Strike?
    for index in entries.indices {
      // A name without a file is of no kind.
      guard file != nil || entries[index].fault.file == nil else { continue }
      let kind = file ?? .database
      guard entries[index].selects(method, kind, in: phase) else { continue }
      let found = entries[index].strike(kind, bytes: bytes, now: now.nanoseconds)
      guard found != .none, strike == nil else { continue }
      if found == .first { entries[index].awaitsRecord = true }
      guard let outcome = Self.outcome(of: entries[index].fault, bytes: bytes, grows: grows) else {
        continue
      }
      let isFirst = entries[index].awaitsRecord
      entries[index].awaitsRecord = false
      strike = Strike(number: entries[index].number, outcome: outcome, isFirst: isFirst)
    }
    return strike
  }

  private static func outcome(
    of fault: FaultSpecification, bytes: Int, grows: Bool
  ) -> Outcome? {
    switch fault.kind {
    case .ioError: .fails(.ioError)
    case .fsyncError: .fails(fault.dropsDirtyPages ? .fsyncError : .ioError)
    case .shortRead: bytes > 0 ? .fails(.shortRead) : nil
    case .diskFull: grows ? .fails(.diskFull) : nil
    case .bitFlip: bytes > 0 ? .fails(.bitFlip) : nil
    case .silentLock: .fails(.silentLock)
    case .kill: .dies(fault.moment)
    case .pause, .clock, .tamper, .staleLock: nil
    }
  }
}
