public import AssayModel

/// Decides the outcome of each call on a simulated disk while actors take turns.
public protocol CallFaultSource: AnyObject {
  /// Called when the actor resumes a call, before the call takes effect.
  ///
  /// - Parameters:
  ///   - bytes: length of a read or write.
  ///   - grows: true if a file must grow for it.
  /// - Returns: the effect on the call; `nil` for none.
  func effect(
    on method: VFSMethod, _ file: FileKind?, bytes: Int, grows: Bool
  ) -> CallFault.Effect?
}

/// The faults of the file system layer in one simulated process, triggered exactly as in a real
/// process.
public struct ProcessCallFaults: Sendable {
  /// Outcome of a call.
  public enum Outcome: Hashable, Sendable {
    /// The call fails.
    case fails(CallFault.Effect)
    /// The process dies during the call.
    case dies(FaultSpecification.Moment)
  }

  /// A fault that strikes.
  public struct Strike: Hashable, Sendable {
    /// Place of the fault in the scenario's list.
    public var number: Int
    /// Outcome of the call.
    public var outcome: Outcome
    /// True if the fault begins with this call rather than continues.
    public var isFirst: Bool
  }

  private var entries: [RealFaultEntry]

  /// Prepares the faults of a process.
  ///
  /// - Parameters:
  ///   - faults: faults outside the file system layer are ignored.
  ///   - seed: seed of the process.
  ///   - isRestarted: true if the process has been started before: one-time faults do not recur.
  ///   - measuredFrom: origin of the fault times.
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

  /// Processes a call of the process.
  ///
  /// - Parameters:
  ///   - grows: true if a file must grow for it, which a full disk refuses.
  ///   - phase: the part of the process's life.
  /// - Returns: the fault that hits the call: each fault counts the call, and only the first one
  ///   acts.
  public mutating func next(
    _ method: VFSMethod, _ file: FileKind?, bytes: Int, grows: Bool = true,
    phase: FaultSpecification.Phase = .load, now: MonotonicTime
  ) -> Strike? {
    var strike: Strike?
    for index in entries.indices {
      // A name without a file has no kind.
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
