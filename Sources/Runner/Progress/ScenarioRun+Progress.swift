import AssayModel
import Platform

extension ScenarioRun {
  /// What progress calls a step of the run.
  func place(of cell: Int, number: Int, total: Int) -> ProgressLine.Place {
    ProgressLine.Place(number: number, total: total, name: ProgressLine.name(plan.cells[cell]))
  }

  /// Reports the load of a cell as often as it looks; `nil` where nobody sees it.
  func onLook(_ place: ProgressLine.Place, _ clock: RunClock?) -> ((CellRun) -> Void)? {
    guard options.watchesLoad else { return nil }
    var watch = LoadWatch()
    let (time, report) = (time, options.progress)
    return { cell in
      let now = time.monotonicNow()
      guard now >= cell.measuredFrom, cell.measuredFrom.nanoseconds > 0 else { return }
      let live = watch.look(at: cell.livingActors, folder: cell.historyFolder, now: now)
      let elapsed = min(now, cell.measuredUntil) - cell.measuredFrom
      let warmedUp = elapsed + cell.cell.load.warmUp
      var planned: Nanoseconds?
      if case .duration(let duration) = cell.cell.load.extent { planned = duration }
      report(
        ProgressLine.load(
          place, elapsed: elapsed, planned: planned, live: live,
          left: clock?.left(elapsed: warmedUp)))
    }
  }
}

extension CellRun {
  /// The actors of the processes that there are now.
  var livingActors: [ActorID] {
    slots.indices.filter { slots[$0].worker != nil }.flatMap { process in
      (0..<cell.load.writers + cell.load.readers).map { actor in
        ActorID(process: process, incarnation: slots[process].incarnation, actor: actor)
      }
    }
  }
}
