import AssayModel
import Platform

extension ScenarioRun {
  /// Explores every cell of the simulated world, one after the other; each uses all workers.
  func exploreCells(_ folder: RunFolder) throws(RunnerError) {
    let launcher = WorkerLauncher(
      executable: options.workerExecutable, logFolder: "\(folder.path)/workers",
      libraryFolder: try otherLibrary?.make(in: folder.path))
    var findings = 0
    for index in plan.cells.indices where !Interruption.isRequested {
      let cell = plan.cells[index]
      guard let explore = cell.explore else { continue }
      let histories = folder.histories(cell: index, repetition: 0)
      do {
        try Folder.create(histories)
      } catch {
        throw RunnerError(.harness, "the folder '\(histories)' cannot be created: \(error)")
      }
      let result =
        explore.sweep == nil
        ? try exploreWithCrew(index, explore, launcher, histories) : try sweep(index, launcher)
      if Interruption.isRequested, result.explored.isEmpty { return }
      library = result.library ?? library
      explored[index] = result
      if Interruption.isRequested { cutShort.insert(index) }
      for incident in result.incidents { try write(incident, cell: index, folder) }
      for finding in result.findings {
        findings += 1
        try write(try ResultFile.encode(finding), number: findings, cell: index, folder)
      }
      for finding in result.scheduleFindings {
        findings += 1
        try write(try ResultFile.encode(finding), number: findings, cell: index, folder)
      }
      for finding in result.sweepFindings {
        findings += 1
        try write(try ResultFile.encode(finding), number: findings, cell: index, folder)
      }
      if !options.keepsEverything { try? Folder.remove(histories) }
    }
  }

  /// Explores the crash images or the schedules of a cell.
  private func exploreWithCrew(
    _ index: Int, _ explore: ExploreSettings, _ launcher: WorkerLauncher, _ histories: String
  ) throws(RunnerError) -> ExploredCell {
    let cell = plan.cells[index]
    let crew = try ExploreCrew(
      cell, launcher: launcher, historyFolder: histories, jobs: options.jobs, time: time,
      expectedSourceID: otherLibrary?.sourceID ?? library?.sourceID)
    let (name, report) = (plan.scenario.name, options.progress)
    let place = place(of: index, number: index + 1, total: plan.cells.count)
    let progress: (String) -> Void = { report("\(place.text)   \($0)") }
    if explore.exploresSchedules {
      return try ScheduledCellRun(
        cell, explore, scenario: name, crew: crew, time: time, progress: progress
      ).run()
    }
    return try ExploredCellRun(
      cell, explore, scenario: name, crew: crew, historyFolder: histories, time: time,
      progress: progress
    ).run()
  }

  /// Fails every call of a cell in turn.
  private func sweep(
    _ index: Int, _ launcher: WorkerLauncher
  ) throws(RunnerError) -> ExploredCell {
    let cell = plan.cells[index]
    options.progress(place(of: index, number: index + 1, total: plan.cells.count).text)
    let outcome = try SweepCell(
      scenario: plan.scenario.name, cell: cell, launcher: launcher, jobs: options.jobs, time: time,
      expectedSourceID: otherLibrary?.sourceID ?? library?.sourceID
    ).run()
    var result = ExploredCell(
      checks: outcome.checks, explored: outcome.explored, findings: [],
      sweepFindings: outcome.findings, incidents: [], library: outcome.library)
    result.endedEarly = outcome.endedEarly
    return result
  }

  private func write(
    _ bytes: [UInt8], number: Int, cell: Int, _ folder: RunFolder
  ) throws(RunnerError) {
    let name = "findings/finding-\(number).json"
    findingPaths[cell, default: []].append(name)
    do {
      try Folder.create("\(folder.path)/findings")
    } catch {
      throw RunnerError(.harness, "a finding cannot be written: \(error)")
    }
    try writeFile("\(folder.path)/\(name)", bytes)
  }

  /// The result of an explored cell without its verdicts: it has no figures of time.
  func exploredResult(_ index: Int) -> CellResult {
    let cell = plan.cells[index]
    let found = explored[index]
    var result = CellResult(
      id: cell.id,
      parameters: Dictionary(
        cell.parameters.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first }),
      verdicts: [], operations: [:], throughput: 0, measuredSeconds: 0, repetitions: 1, actors: [],
      series: [], counts: [:], faults: [], takeovers: [], incidents: [],
      memory: MemoryResult(peakResident: 0))
    if cutShort.contains(index) { result.isCutShort = true }
    result.explored = found?.explored ?? [:]
    result.findings = findingPaths[index] ?? []
    // A sweep injects its errors itself: what failed by them is no figure of the cell.
    if let found, cell.explore?.sweep == nil {
      result.take(found.attempts.tally, failures: found.attempts.failures, of: cell.load)
    }
    result.endedEarly = found?.endedEarly
    return result
  }
}
