import AssayModel

/// When one fault strikes: a value that is shown every operation that it selects.
struct RealFaultEntry {
  /// How long a fault that was triggered goes on.
  enum Window: Equatable {
    /// Not triggered, or over.
    case closed
    /// Until a reading of the monotonic clock.
    case until(UInt64)
    /// For ever.
    case endless
  }

  /// What an operation meets.
  enum Strike: Equatable {
    case none
    /// The fault begins here.
    case first
    /// It goes on.
    case further
  }

  let number: Int
  let fault: FaultSpecification
  private let methods: UInt32
  private let isRestarted: Bool
  private var generators: [SeededGenerator]
  /// Operations seen that the fault selects.
  private(set) var operations: UInt64 = 0
  /// Bytes written that the fault selects, for a disk that becomes full.
  private(set) var written: Int64 = 0
  private(set) var window = Window.closed
  private var due = UInt64.max
  private var isSpent = false
  private var isTimed = false
  /// Whether it has begun and has not done anything yet.
  var awaitsRecord = false

  init(_ numbered: RealFileSystemSettings.NumberedFault, seed: Seed, isRestarted: Bool) {
    number = numbered.number
    fault = numbered.fault
    self.isRestarted = isRestarted
    if case .operation = numbered.fault.trigger {
      isSpent = isRestarted && numbered.fault.lasting == .once
    }
    methods = numbered.fault.fileSystemMethods.reduce(0) { $0 | $1.bit }
    // One for each kind of file: what one does moves nothing on another.
    let seed = seed.derived("fault", numbered.number)
    generators = FileKind.allCases.sorted { $0.slot < $1.slot }
      .map { SeededGenerator(seed.derived($0.rawValue)) }
  }

  /// The methods that it may hit on a kind of file, as bits.
  func mask(_ kind: FileKind) -> UInt32 {
    fault.file == nil || fault.file == kind ? methods : 0
  }

  func selects(_ method: VFSMethod, _ kind: FileKind) -> Bool { mask(kind) & method.bit != 0 }

  /// Whether it may hit a method in a part of the process's life.
  func selects(
    _ method: VFSMethod, _ kind: FileKind, in phase: FaultSpecification.Phase
  ) -> Bool {
    selects(method, kind) && fault.strikes(in: phase)
  }

  /// Begins to look at the clock: times count from `measuredFrom`. Further calls do nothing.
  mutating func arm(measuredFrom: UInt64, now: UInt64) {
    guard !isTimed else { return }
    isTimed = true
    switch fault.trigger {
    case .at(let delay):
      due = measuredFrom &+ UInt64(max(0, delay.rawValue))
      // A process that returns does not meet again what is over.
      if isRestarted, due &+ spanNanoseconds < now { due = .max }
    case .every(let period):
      let step = UInt64(max(1, period.rawValue))
      due = measuredFrom &+ step
      if isRestarted, due < now { due &+= ((now &- due) / step &+ 1) &* step }
    case .operation, .afterBytes, .probability, .afterCommits: break
    }
  }

  private var spanNanoseconds: UInt64 { UInt64(max(0, fault.duration?.rawValue ?? 0)) }

  /// Takes an operation that it selects.
  ///
  /// - Parameters:
  ///   - bytes: what it wants to write or read.
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
      // One that began by the clock, while nothing was asked, is over when it was to be.
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

  /// A disk that is full stays full, unless it is full by chance or again and again.
  private var staysFull: Bool {
    switch fault.trigger {
    case .at, .operation, .afterBytes, .afterCommits: true
    case .every, .probability: false
    }
  }

  /// Since when the fault holds if this operation triggers it.
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
      // Periods in which nothing was asked are left out, not made up for.
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

  /// Bytes of a write that still have room on a disk that is just becoming full.
  func room(for strike: Strike) -> Int {
    guard strike == .first, case .afterBytes(let limit) = fault.trigger else { return 0 }
    return Int(clamping: max(0, limit.bytes &- written))
  }

  /// Draws a number below `bound`, which is at least 1.
  mutating func draw(_ kind: FileKind, below bound: Int) -> Int {
    generators[kind.slot].below(bound)
  }
}
