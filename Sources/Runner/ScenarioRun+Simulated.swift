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
      let crew = try ExploreCrew(
        cell, launcher: launcher, historyFolder: histories, jobs: options.jobs, time: time,
        expectedSourceID: otherLibrary?.sourceID ?? library?.sourceID)
      let (name, total, report) = (plan.scenario.name, plan.cells.count, options.progress)
      let run = ExploredCellRun(
        cell, explore, scenario: name, crew: crew, historyFolder: histories, time: time,
        progress: { report("\(name) \(index + 1)/\(total): \(cell.id): \($0)") })
      let result = try run.run()
      if Interruption.isRequested, result.explored.isEmpty { return }
      library = result.library ?? library
      explored[index] = result
      for incident in result.incidents { try write(incident, cell: index, folder) }
      for finding in result.findings {
        findings += 1
        try write(finding, number: findings, cell: index, folder)
      }
      if !options.keepsEverything { try? Folder.remove(histories) }
    }
  }

  private func write(
    _ finding: CrashFinding, number: Int, cell: Int, _ folder: RunFolder
  ) throws(RunnerError) {
    let name = "findings/finding-\(number).json"
    findingPaths[cell, default: []].append(name)
    do {
      try Folder.create("\(folder.path)/findings")
    } catch {
      throw RunnerError(.harness, "a finding cannot be written: \(error)")
    }
    try writeFile("\(folder.path)/\(name)", try ResultFile.encode(finding))
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
    result.explored = found?.explored ?? [:]
    result.findings = findingPaths[index] ?? []
    return result
  }
}
