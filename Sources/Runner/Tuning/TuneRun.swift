public import AssayModel
import Gate
import Platform
public import Reports

/// Tunes a scenario: verifies durability classes on crash images, races the settings that reach the
/// wanted one, confirms the best, and writes `tune.json`.
public final class TuneRun {
  let options: TuneOptions
  let time = SystemTime()
  var space: TuneSpace
  var record: TuneRecord
  let objectives: [TuneSettings.Objective]
  private var folder: RunFolder?
  /// No block of the search starts after this time.
  private(set) var deadline: MonotonicTime?
  /// No block at all starts after this time.
  private(set) var end: MonotonicTime?
  private var otherLibrary: LibraryFolder?

  /// Reads the space; nothing runs yet.
  ///
  /// - Parameter planning: resolves the scenario with further settings.
  /// - Throws: a `RunnerError` when the scenario can't be tuned; what `planning` throws.
  public init(
    _ options: TuneOptions, planning: @escaping @Sendable ([Assignment]) throws -> Plan
  ) throws {
    self.options = options
    space = try TuneSpace(profiles: options.profiles, planning: planning)
    let settings = space.scenario.tune ?? TuneSettings()
    objectives = options.objectives.isEmpty ? settings.objectives : options.objectives
    record = TuneRecord(
      scenario: space.scenario, run: "", started: time.wallNow(), seed: space.seed,
      environment: RunEnvironment.current(dataPath: ".", library: nil),
      durability: options.durability ?? settings.durability,
      objectives: objectives.map(\.metric),
      space: .init(
        knobs: space.fallback.knobs.filter { $0 != TuneSpace.profileKnob },
        isBuiltIn: space.isBuiltIn, candidates: space.candidates.count),
      fallback: space.fallback)
    record.leftOut = space.leftOut
  }

  /// A finished tuning.
  public struct Finished: Sendable {
    /// What was found.
    public var record: TuneRecord
    /// Path of the run's folder.
    public var folder: String
  }

  /// Runs everything.
  public func run() throws(RunnerError) -> Finished {
    Interruption.install()
    let from = time.monotonicNow()
    end = options.budget.map { from + $0 }
    deadline = options.budget.map { from + Nanoseconds($0.rawValue / 6 * 5) }
    otherLibrary = try options.run.libraryPath.map { (path) throws(RunnerError) in
      try LibraryFolder(library: path)
    }
    let folder = try RunFolder(
      results: options.run.resultsFolder, scenario: space.scenario.name,
      run: RunFolder.newRunID(now: record.started, seed: space.seed) + "-tune",
      data: options.run.dataFolder)
    self.folder = folder
    record.run = folder.run
    do throws(RunnerError) {
      try tune(folder)
      record.elapsed = time.monotonicNow() - from
      record.exitCode = exitStatus.rawValue
      let text = try Self.encoded(record)
      do {
        try ByteFile.replace("\(folder.path)/tune.json", withText: text)
      } catch {
        throw RunnerError(.harness, "the tuning cannot be written: \(error)")
      }
      return Finished(record: record, folder: folder.path)
    } catch {
      if error.code != .harness, !options.run.keepsEverything { folder.remove() }
      throw error
    }
  }

  private static func encoded(_ record: TuneRecord) throws(RunnerError) -> String {
    do {
      return try RecordJSON.encode(record)
    } catch {
      throw RunnerError(.harness, "the tuning cannot be encoded: \(error)")
    }
  }

  /// What is said of this one: only a confirmed recommendation is a success.
  private var exitStatus: ExitStatus {
    if record.wasInterrupted { return .interrupted }
    if hasBrokenDefault { return .incorrect }
    guard record.recommended != nil, record.stopped.isEmpty else { return .unknown }
    return record.result?.isConfirmed == true ? .met : .unknown
  }

  /// Whether the default itself violated a check of correctness while it was measured.
  var hasBrokenDefault = false

  // MARK: Steps

  private func tune(_ folder: RunFolder) throws(RunnerError) {
    let launcher = WorkerLauncher(
      executable: options.run.workerExecutable, logFolder: "\(folder.path)/workers",
      libraryFolder: try otherLibrary?.make(in: folder.path))
    let fresh = FreshBlocks(options.run, folder: folder)
    defer { fresh.cleanUp() }
    let blocks = CandidateBlocks(
      blocks: fresh, launcher: launcher, expectedSourceID: otherLibrary?.sourceID)
    let probe = DurabilityProbe(
      scenario: space.scenario.name, launcher: launcher, folder: "\(folder.path)/histories",
      jobs: options.run.jobs, time: time, expectedSourceID: otherLibrary?.sourceID)
    probe.sample = try sample(blocks)
    record.judgedOn = probe.judgedOn(try space.cell(space.fallback))
    var classes = TuneClasses(probe)
    do throws(RunnerError) {
      guard let candidates = try plan(&classes) else { return }
      let search = try TuneSearch(self, candidates, blocks)
      try search.run()
      if hasBrokenDefault { return record.classes = classes.evidence }
      try recommend(search, classes)
      let known = try classOf(search.measured, &classes)
      try search.measureFront(known)
      record.environment = RunEnvironment.current(
        dataPath: folder.dataPath, library: blocks.library)
    } catch {
      record.classes = classes.evidence
      guard error.code == .interrupted else { throw error }
      record.wasInterrupted = true
      if record.stopped.isEmpty { record.stopped = "interrupted" }
    }
    record.classes = classes.evidence
  }

  /// The user's own database for the simulated disk; `nil` when the scenario names none.
  private func sample(
    _ blocks: CandidateBlocks
  ) throws(RunnerError) -> Result<DatabaseSample, DatabaseSample.Obstacle>? {
    let cell = try space.cell(space.fallback)
    guard cell.load.workload == .sql, cell.storage.path != nil,
      let path = try blocks.template(of: cell)
    else { return nil }
    return Result { () throws(DatabaseSample.Obstacle) in try DatabaseSample(of: path) }
  }

  /// Whether there is no time for another class: one is verified whatever it takes.
  private func isOver(_ classes: TuneClasses) -> Bool {
    guard let deadline, !classes.evidence.isEmpty else { return false }
    return time.monotonicNow() >= deadline
  }

  /// Sorts the space by class; `nil` when nothing reaches the wanted one, or the time was over.
  private func plan(_ classes: inout TuneClasses) throws(RunnerError) -> [TuneCandidate]? {
    let own = space.references.map(\.candidate)
    let points = Set(space.candidates)
    let all = space.candidates + own.filter { !points.contains($0) }
    let total = TuneClasses.settings(all)
    func verified() -> String { "\(classes.evidence.count) of at most \(total) settings" }
    var inClass: [TuneCandidate] = []
    for candidate in all {
      if Interruption.isRequested { throw RunnerError(.interrupted, "interrupted") }
      if !classes.isKnown(candidate), isOver(classes) {
        record.stopped = "out of time with the classes of \(verified()) verified"
        return nil
      }
      options.run.progress("\(record.scenario): durability by crash images, \(verified())")
      let evidence = try classes.evidence(for: candidate, in: &space)
      if candidate == space.fallback { record.fallbackClass = evidence.durability }
      if let reached = evidence.durability, reached >= record.durability {
        inClass.append(candidate)
      }
      for reference in space.references where reference.candidate == candidate {
        record.references.append(
          .init(
            profile: reference.profile, candidate: candidate, durability: evidence.durability,
            evidence: evidence.sentence))
      }
    }
    record.classes = classes.evidence
    record.space.inClass = inClass.count { points.contains($0) }
    guard record.space.inClass > 0 else {
      record.stopped = "no setting reaches the class"
      return nil
    }
    return inClass
  }

  /// Takes the best that is surely better and that exactly as it would be used reaches the class;
  /// what everything was compared with when there is none.
  private func recommend(
    _ search: TuneSearch, _ classes: TuneClasses
  ) throws(RunnerError) {
    let result = search.race.result
    record.result = result
    let isBetter: (TuneResult.Gain) -> Bool = { gain in
      result.isConfirmed ? (gain.lower ?? -1) > 0 : gain.gain > 0
    }
    // Whoever was measured in fewer blocks than the recommended one is not a second choice.
    let ordered = result.gains.filter(isBetter).map(\.candidate) + [search.incumbent]
    // After an interruption there is no time for another look: the class was verified before.
    let isOver = Interruption.isRequested
    for candidate in ordered {
      let cell = try space.cell(candidate)
      options.run.progress("\(record.scenario): crash images of what is to be recommended")
      var known = classes
      let sorted = try known.evidence(for: candidate, in: &space)
      let evidence = isOver ? sorted : try classes.exactEvidence(for: cell)
      let isRefuted = evidence.durability.map { $0 < record.durability } ?? false
      guard !isRefuted else {
        record.refuted.append(evidence)
        continue
      }
      let gain = result.gains.first { $0.candidate == candidate }
      record.recommended = .init(
        candidate: candidate, storage: cell.storage,
        evidence: evidence.isCertain ? evidence : sorted, gain: gain)
      for gain in search.race.overReferences(candidate) {
        for place in record.references.indices
        where record.references[place].candidate == gain.candidate {
          record.references[place].gain = gain
        }
      }
      return
    }
    record.stopped = "what reaches the class with small pages does not as it would be used"
  }

  private func classOf(
    _ candidates: [TuneCandidate], _ classes: inout TuneClasses
  ) throws(RunnerError) -> [TuneCandidate: DurabilityClass] {
    var result: [TuneCandidate: DurabilityClass] = [:]
    for candidate in candidates {
      result[candidate] = try classes.evidence(for: candidate, in: &space).durability
    }
    return result
  }
}
