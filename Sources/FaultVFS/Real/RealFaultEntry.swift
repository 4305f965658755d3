import AssayModel

/// Decides when one fault strikes, given every operation that it selects.
struct RealFaultEntry {
  /// Remaining duration of a triggered fault.
  enum Window: Equatable {
    /// Not triggered, or over.
    case closed
    /// Until a reading of the monotonic clock.
    case until(UInt64)
    /// Without end.
    case endless
  }

  /// State of the fault at an operation.
  enum Strike: Equatable {
    case none
    /// The fault begins with this operation.
    case first
    /// The fault continues.
    case further
  }

  let number: Int
  let fault: FaultSpecification
  private let methods: UInt32
  private let isRestarted: Bool
  private var generators: [SeededGenerator]
  /// Operations selected so far.
  private(set) var operations: UInt64 = 0
  /// Bytes written by selected operations, for a disk that becomes full.
  private(set) var written: Int64 = 0
  private(set) var window = Window.closed
  private var due = UInt64.max
  private var isSpent = false
  private var isTimed = false
  /// True if the fault has begun but has had no effect yet.
  var awaitsRecord = false

  init(_ numbered: RealFileSystemSettings.NumberedFault, seed: Seed, isRestarted: Bool) {
    number = numbered.number
    fault = numbered.fault
    self.isRestarted = isRestarted
    if case .operation = numbered.fault.trigger {
      isSpent = isRestarted && numbered.fault.lasting == .once
    }
    methods = numbered.fault.fileSystemMethods.reduce(0) { $0 | $1.bit }
    // One generator per kind of file: operations on one kind do not shift the draws of another.
    let seed = seed.derived("fault", numbered.number)
    generators = FileKind.allCases.sorted { $0.slot < $1.slot }
      .map { SeededGenerator(seed.derived($0.rawValue)) }
  }

  /// Returns the methods that the fault may hit on a kind of file, as bits.
  func mask(_ kind: FileKind) -> UInt32 {
    fault.file == nil || fault.file == kind ? methods : 0
  }

  func selects(_ method: VFSMethod, _ kind: FileKind) -> Bool { mask(kind) & method.bit != 0 }

  /// Returns true if the fault may hit a method in a phase of the process's life.
  func selects(
    _ method: VFSMethod, _ kind: FileKind, in phase: FaultSpecification.Phase
  ) -> Bool {
    selects(method, kind) && fault.strikes(in: phase)
  }

  /// Starts watching the clock: times count from `measuredFrom`. Further calls do nothing.
  mutating func arm(measuredFrom: UInt64, now: UInt64) {
    guard !isTimed else { return }
    isTimed = true
    switch fault.trigger {
    case .at(let delay):
      due = measuredFrom &+ UInt64(max(0, delay.rawValue))
      // A restarted process does not repeat faults that are over.
      if isRestarted, due &+ spanNanoseconds < now { due = .max }
    case .every(let period):
      let step = UInt64(max(1, period.rawValue))
      due = measuredFrom &+ step
      if isRestarted, due < now { due &+= ((now &- due) / step &+ 1) &* step }
    case .operation, .afterBytes, .probability, .afterCommits: break
    }
  }

  private var spanNanoseconds: UInt64 { UInt64(max(0, fault.duration?.rawValue ?? 0)) }

  /// Processes a selected operation.
  ///
  /// - Parameters:
  ///   - bytes: number of bytes to write or read.
  ///   - now: reading of the monotonic clock.
  mutating func strike(_ kind: FileKind, bytes: Int, now: UInt64) -> Strike {
    operations &+= 1
    switch window {
    case .endless: return .further
    case .until(let end) where now < end: return .further
    case .until: window = .closed
    case .closed: break
    }
    guard !isSpent, let begin = trigger(kind, bytes: bytes, now: now) else {
      if case .afterBytes = fault.trigger { written &+= Int64(bytes) }
      return .none
    }
    if fault.lasting == .forever {
      window = .endless
    } else if fault.duration != nil {
      // A fault that began by the clock, without any operation, ends at its scheduled time.
      window = .until(begin &+ spanNanoseconds)
      if begin &+ spanNanoseconds <= now {
        window = .closed
        return .none
      }
    } else if fault.kind == .diskFull, staysFull {
      window = .endless
    }
    return .first
  }

  /// True if a full disk stays full, that is, unless it is full by chance or periodically.
  private var staysFull: Bool {
    switch fault.trigger {
    case .at, .operation, .afterBytes, .afterCommits: true
    case .every, .probability: false
    }
  }

  /// Returns the start of the fault if this operation triggers it.
  private mutating func trigger(_ kind: FileKind, bytes: Int, now: UInt64) -> UInt64? {
    switch fault.trigger {
    case .operation(let number):
      return operations == UInt64(number) ? now : nil
    case .probability(let probability):
      return generators[kind.slot].unit() < probability.value ? now : nil
    case .at:
      guard now >= due else { return nil }
      defer { due = .max }
      return due
    case .every(let period):
      guard now >= due else { return nil }
      let step = UInt64(max(1, period.rawValue))
      // Periods without an operation are skipped, not made up for.
      let begin = due &+ ((now &- due) / step) &* step
      due = begin &+ step
      return begin
    case .afterBytes(let limit):
      guard written &+ Int64(bytes) > limit.bytes else { return nil }
      isSpent = true
      return now
    case .afterCommits: return nil
    }
  }

  /// Returns the number of bytes of a write that still fit on a disk that is just becoming full.
  func room(for strike: Strike) -> Int {
    guard strike == .first, case .afterBytes(let limit) = fault.trigger else { return 0 }
    return Int(clamping: max(0, limit.bytes &- written))
  }

  /// Draws a number below `bound`, which is at least 1.
  mutating func draw(_ kind: FileKind, below bound: Int) -> Int {
    generators[kind.slot].below(bound)
  }
}
