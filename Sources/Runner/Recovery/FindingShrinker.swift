import AssayModel
import FaultVFS
import SQLiteDriver

/// Makes a finding of a violation, as small as it gets: first fewer operations, then fewer losses.
///
/// Each candidate is run again and kept only if a violation of the same kind stays.
struct FindingShrinker {
  /// Most candidates of each stage.
  private static let operationTrials = 24
  /// Most images that all candidates with fewer operations are looked at in: a count and no time,
  /// so that the same finding comes out on every machine.
  private static let operationImages = 20_000
  private static let lossTrials = 200

  private let program: SimulatedProgram
  private let number: Int
  private let explore: ExploreSettings

  init(_ program: SimulatedProgram, number: Int, explore: ExploreSettings) {
    self.program = program
    self.number = number
    var explore = explore
    // A candidate is looked at less closely than the program was: it may miss the violation, and
    // then stays larger than need be.
    explore.images.exhaust = min(explore.images.exhaust, 6)
    explore.images.samples = min(explore.images.samples, 12)
    self.explore = explore
  }

  /// Shrinks a violation of the program.
  func shrink(_ violation: Violation) throws -> CrashFinding {
    let whole = try program.run(number)
    let places = operations(of: whole)
    var skips: Set<ProgramPlace> = []
    var smallest = violation
    var trials = 0
    var images = Self.operationImages
    /// Tries to leave out operations; keeps it if the violation stays.
    func leaveOut(_ candidates: Set<ProgramPlace>) throws -> Bool {
      guard trials < Self.operationTrials, images > 0, !candidates.isSubset(of: skips) else {
        return false
      }
      trials += 1
      let wider = skips.union(candidates)
      guard let found = try find(violation.kind, without: wider, &images) else { return false }
      skips = wider
      smallest = found
      return true
    }
    let last = places.lastIndex { $0.invokedAt <= violation.image.position } ?? places.count - 1
    let all = places.map(\.place)
    // Most violations need the last operation or two.
    for window in [1, 2, 4, 8] where window < all.count {
      let kept = Set(all[max(0, last - window + 1)...max(0, last)])
      if try leaveOut(Set(all).subtracting(kept)) { break }
    }
    for place in all where !skips.contains(place) && all.count - skips.count > 1 {
      _ = try leaveOut([place])
    }
    let trace = skips.isEmpty ? whole : try program.run(number, skips: skips)
    return try finding(fewerLosses(smallest, trace), trace, skips)
  }

  /// The operations of a program in the order in which they began.
  private func operations(
    of trace: ProgramTrace
  ) -> [(place: ProgramPlace, invokedAt: Int)] {
    var first: [ProgramPlace: Int] = [:]
    for event in trace.events {
      let place = ProgramPlace(event.event.actor, number: event.number)
      first[place] = min(first[place] ?? .max, Int(event.invokedAt))
    }
    return first.map { (place: $0.key, invokedAt: $0.value) }.sorted {
      ($0.invokedAt, $0.place.actor.packed, $0.place.number)
        < ($1.invokedAt, $1.place.actor.packed, $1.place.number)
    }
  }

  /// The first violation of a kind in the program without some of its operations.
  ///
  /// - Parameter images: how many may be looked at; what was used is taken away.
  private func find(
    _ kind: ViolationKind, without skips: Set<ProgramPlace>, _ images: inout Int
  ) throws -> Violation? {
    var exploration = try BlockExploration(
      program, number: number, explore: explore, skips: skips)
    var found: Violation?
    exploration.explore(atMost: images) { violation in
      if violation.kind == kind { found = violation }
      return found != nil
    }
    images -= Int(exploration.report.counts[ExploredCounts.images] ?? 0)
    return found
  }

  /// Lets lost pieces survive one by one as long as the violation stays.
  private func fewerLosses(_ violation: Violation, _ trace: ProgramTrace) -> Violation {
    let trial = ImageTrial(program: program, trace: trace)
    var smallest = violation
    let isSecond = violation.recovery != nil
    var trials = 0
    func accept(_ candidate: CrashImage) -> Bool {
      trials += 1
      guard trials <= Self.lossTrials else { return false }
      let outcome = trial.run(
        isSecond ? smallest.image : candidate, recovery: isSecond ? candidate : nil)
      guard let outcome, let found = outcome.found(violation.kind) else { return false }
      if isSecond { smallest.recovery = candidate } else { smallest.image = candidate }
      smallest.found = found
      smallest.acknowledged = outcome.acknowledged
      smallest.begun = outcome.begun
      return true
    }
    var image = violation.recovery ?? violation.image
    for id in image.garbage {
      var candidate = image
      candidate.garbage.removeAll { $0 == id }
      if accept(candidate) { image = candidate }
    }
    for id in image.lost.reversed() {
      var candidate = image
      candidate.lost.removeAll { $0 == id }
      if accept(candidate) { image = candidate }
    }
    for name in image.lostNames.reversed() {
      var candidate = image
      candidate.lostNames.removeAll { $0 == name }
      if accept(candidate) { image = candidate }
    }
    return smallest
  }

  private func finding(
    _ violation: Violation, _ trace: ProgramTrace, _ skips: Set<ProgramPlace>
  ) throws -> CrashFinding {
    let trial = ImageTrial(program: program, trace: trace)
    guard let outcome = trial.run(violation.image, recovery: violation.recovery),
      let found = outcome.found(violation.kind)
    else {
      throw RunnerError(
        .harness,
        "a violation of program \(number) of \(program.cell.id) is gone when its image is made "
          + "again: \(violation.kind.text)")
    }
    return CrashFinding(
      kind: violation.kind, found: found, acknowledged: outcome.acknowledged,
      begun: outcome.begun, image: violation.image, recovery: violation.recovery,
      imageDigest: outcome.hash.description, logDigest: trace.disk.log.digest.description,
      program: number,
      skipped: skips.map { CrashFinding.SkippedOperation(actor: $0.actor, number: $0.number) }
        .sorted { ($0.actor.packed, $0.number) < ($1.actor.packed, $1.number) },
      sqliteSourceID: SQLiteLibrary.sourceID, cell: program.cell)
  }
}
