import AssayModel
import FaultVFS
import Platform

/// Explores the crash images of one program: makes them, recovers each distinct one once, and
/// judges it at every crash point at which it may be found.
struct BlockExploration: ~Copyable {
  /// One in so many sound images is closed as an application would and opened a second time.
  private static let secondOpening: UInt64 = 128
  /// One in so many images that a kept connection found good is looked at afresh as well.
  private static let freshLook: UInt64 = 256

  private let program: SimulatedProgram
  private let number: Int
  private let trace: ProgramTrace
  private let judge: ImageJudge
  private let explore: ExploreSettings
  private let seed: Seed
  private var reader: ImageReader
  /// Every distinct image: what was found in it, and what was wrong with it so far.
  private var known: [ImageHash: Known] = [:]
  private var order: [ImageHash] = []
  private var kinds: Set<ViolationKind> = []
  private var ordinal = 0
  private var limit = Int.max
  private var deadline = Deadline.never
  private(set) var report: BlockReport

  private struct Known {
    var state: ImageState
    var flags: ImageFlags
  }

  /// A part of a program's crash points: so several workers can share a program.
  struct Slice: Hashable, Sendable {
    /// Which part, from 0.
    var index: Int
    /// How many parts there are; at least 1.
    var count: Int

    /// The whole program.
    static let whole = Slice(index: 0, count: 1)

    /// The crash points of the part in a log of a length.
    func positions(of length: Int) -> Range<Int> {
      let points = length + 1
      return points * index / count..<points * (index + 1) / count
    }
  }

  private let slice: Slice

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - slice: the crash points that are explored.
  ///   - skips: operations that are left out, for shrinking.
  init(
    _ program: SimulatedProgram, number: Int, explore: ExploreSettings, slice: Slice = .whole,
    skips: Set<ProgramPlace> = []
  ) throws {
    self.slice = slice
    self.program = program
    self.number = number
    self.explore = explore
    trace = try program.run(number, skips: skips)
    judge = ImageJudge(
      trace: trace, judgesAtEnd: explore.crashes == .powerLoss && program.cell.disk.sync == .barrier
    )
    reader = program.reader.fresh
    seed = program.seed(of: number).derived("images")
    report = BlockReport(program: number)
    report.checks = trace.checks
    report.logDigest = trace.disk.log.digest.description
    guard slice.index == 0 else { return }
    report.stuck = trace.report.stuck
    report.attempts.add(
      trace.events.lazy.map(\.event), trace.connections, trace.firstFailures)
    count(ExploredCounts.programs)
    count(ExploredCounts.transactions, UInt64(trace.order.transactions.count))
  }

  /// What the program did.
  var programTrace: ProgramTrace { trace }

  /// The distinct images in the order in which they were found, with what was wrong with each.
  var images: [(hash: ImageHash, flags: ImageFlags)] {
    order.map { ($0, known[$0]?.flags ?? []) }
  }

  private mutating func count(_ name: String, _ amount: UInt64 = 1) {
    report.counts[name, default: 0] += amount
  }

  // MARK: Exploring

  /// Explores every crash point, until the time is up; the points that are left are counted.
  ///
  /// - Parameters:
  ///   - limit: it ends after this many images.
  ///   - deadline: when it ends in any case.
  ///   - stop: asked after each violation of a new kind; `true` ends the exploration.
  mutating func explore(
    atMost limit: Int = .max, deadline: Deadline = .never,
    until stop: (Violation) -> Bool = { _ in false }
  ) {
    self.limit = limit
    self.deadline = deadline
    let builder = CrashImageBuilder(trace.disk, settings: program.cell.disk)
    defer { reader.forget() }
    let positions = slice.positions(of: trace.disk.log.position)
    repeat {
      guard positions.contains(builder.position) else { continue }
      if deadline.hasPassed {
        count(ExploredCounts.unexplored, UInt64(positions.upperBound - builder.position))
        break
      }
      if builder.hasChanged || builder.position == positions.lowerBound
        || promisesMore(at: builder.position)
      {
        SimulatedVFS.shared.disk = builder.disk
        if explore(point: builder, stop) { break }
      }
    } while builder.advance()
    count(ExploredCounts.images, UInt64(ordinal))
    count(ExploredCounts.recovered, UInt64(order.count))
    count(ExploredCounts.distinct, UInt64(order.count))
  }

  private func promisesMore(at position: Int) -> Bool {
    position > 0
      && judge.acknowledged(at: position) > judge.acknowledged(at: position - 1)
  }

  /// Explores one crash point; returns whether to stop.
  private mutating func explore(
    point builder: CrashImageBuilder, _ stop: (Violation) -> Bool
  ) -> Bool {
    count(ExploredCounts.crashPoints)
    guard explore.crashes == .powerLoss else {
      count(ExploredCounts.exhausted)
      return look(builder, builder.completeChoice, recovery: nil, stop)
    }
    // What was possible one step before was looked at there, unless more is promised since.
    let first = slice.positions(of: trace.disk.log.position).lowerBound
    var images = builder.images(
      explore.images, seed: seed.derived("point", builder.position),
      skipsKnown: builder.position > first && !promisesMore(at: builder.position))
    let isExhaustive = images.isExhaustive
    var choice = builder.emptyChoice
    var nested: ImageChoice?
    while images.next(&choice) {
      let before = order.count
      // The clock is read at the next point: this one is not covered.
      if deadline.hasPassed { return false }
      if look(builder, choice, recovery: nil, stop) { return true }
      if nested == nil, explore.images.recovery > 0, order.count > before, lastWrote {
        nested = choice
      }
    }
    count(isExhaustive ? ExploredCounts.exhausted : ExploredCounts.sampled)
    if let nested { return crashAgain(builder, nested, stop) }
    return false
  }

  /// Whether recovering the last image changed a file.
  private var lastWrote = false

  /// Makes one image and judges it; recovers it only when it is new.
  private mutating func look(
    _ builder: CrashImageBuilder, _ choice: ImageChoice, recovery: (CrashImage, Int)?,
    _ stop: (Violation) -> Bool
  ) -> Bool {
    guard ordinal < limit else { return true }
    let hash = builder.make(choice)
    defer {
      builder.reset()
      ordinal += 1
    }
    let position = recovery?.1 ?? builder.position
    let state: ImageState
    if let seen = known[hash] {
      state = seen.state
    } else {
      let before = builder.disk.changeCount
      let found = recover(hash, builder, choice)
      lastWrote = builder.disk.changeCount > before
      state = reader.withInvariants(found, program, trace)
      known[hash] = Known(state: state, flags: recovery == nil ? [] : .afterRecovery)
      order.append(hash)
    }
    let judgement = judge.judge(state, at: position)
    guard !judgement.flags.isEmpty else { return false }
    known[hash]?.flags.formUnion(judgement.flags)
    report.mostLost = max(report.mostLost, judgement.lostTransactions)
    return add(judgement, builder, choice, recovery, stop)
  }

  /// Recovers an image and reads it: through the kept connection where that may be, and afresh
  /// where that finds anything wrong.
  private mutating func recover(
    _ hash: ImageHash, _ builder: CrashImageBuilder, _ choice: ImageChoice
  ) -> ImageState {
    let opensTwice = hash.low % Self.secondOpening == 0
    if !opensTwice, let state = reader.readKept(on: builder.disk), isKnown(state) {
      guard hash.high % Self.freshLook == 0 else { return state }
      let afresh = readAfresh(builder, choice)
      if afresh != state { count(ExploredCounts.keptMistakes) }
      return afresh
    }
    if !opensTwice { return readAfresh(builder, choice) }
    // Another connection would share the memory that the kept one has mapped.
    reader.forget()
    let state = reader.read(closesNaturally: true)
    guard case .content = state else { return state }
    count(ExploredCounts.openedTwice)
    return reader.readAgain() == state ? state : .unstable
  }

  /// Whether a state is one that the program has committed.
  private func isKnown(_ state: ImageState) -> Bool {
    guard case .content(let digest) = state else { return false }
    return trace.numbersOfState[digest] != nil
  }

  /// Makes the image once more and opens it as if for the first time.
  private mutating func readAfresh(
    _ builder: CrashImageBuilder, _ choice: ImageChoice
  ) -> ImageState {
    reader.forget()
    builder.reset()
    _ = builder.make(choice)
    count(ExploredCounts.openedAfresh)
    return reader.read(closesNaturally: false)
  }

  /// Keeps the first violation of each kind.
  private mutating func add(
    _ judgement: ImageJudge.Judgement, _ builder: CrashImageBuilder, _ choice: ImageChoice,
    _ recovery: (CrashImage, Int)?, _ stop: (Violation) -> Bool
  ) -> Bool {
    let image = builder.name(of: choice)
    let files = builder.filesThatLost(choice)
    for found in judgement.violations {
      let kind = ViolationKind(check: found.check, code: found.code, files: files)
      guard kinds.insert(kind).inserted else { continue }
      let position = recovery?.1 ?? builder.position
      let violation = Violation(
        kind: kind, ordinal: ordinal, image: recovery?.0 ?? image,
        recovery: recovery == nil ? nil : image, acknowledged: judge.acknowledged(at: position),
        begun: judge.begun(at: position), found: found.found)
      report.violations.append(violation)
      if stop(violation) { return true }
    }
    return false
  }

  // MARK: A second crash

  /// Lets the power go again while an image is recovered.
  private mutating func crashAgain(
    _ builder: CrashImageBuilder, _ choice: ImageChoice, _ stop: (Violation) -> Bool
  ) -> Bool {
    let image = builder.name(of: choice)
    reader.forget()
    _ = builder.make(choice)
    builder.disk.beginLog()
    _ = reader.read(closesNaturally: true)
    builder.disk.endLog()
    builder.reset()
    let second = CrashImageBuilder(builder.disk, settings: program.cell.disk)
    SimulatedVFS.shared.disk = second.disk
    defer {
      reader.forget()
      SimulatedVFS.shared.disk = builder.disk
    }
    let length = builder.disk.log.position
    let stride = max(1, length / explore.images.recovery)
    while second.advance() {
      guard second.position % stride == 0 || second.position == length else { continue }
      count(ExploredCounts.recoveryCrashes)
      var bounds = explore.images
      bounds.exhaust = min(bounds.exhaust, 4)
      bounds.samples = min(bounds.samples, 4)
      var images = second.images(bounds, seed: seed.derived("recovery", builder.position))
      var choice = second.emptyChoice
      while images.next(&choice) {
        count(ExploredCounts.recoveryImages)
        if deadline.hasPassed { return false }
        if look(second, choice, recovery: (image, builder.position), stop) { return true }
      }
    }
    return false
  }
}

extension SimulationReport {
  /// Why a run did not come to its end; `nil` when it did.
  var stuck: String? {
    switch ending {
    case .finished, .stopped: nil
    case .deadlock(let actors): "deadlock of \(actors.map(\.name).joined(separator: ", "))"
    case .livelock(let actors): "livelock of \(actors.map(\.name).joined(separator: ", "))"
    }
  }
}
