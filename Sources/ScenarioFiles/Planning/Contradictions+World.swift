import AssayModel

extension Contradictions {
  /// Finds settings that belong to the other world.
  mutating func checkWorld() {
    switch draft.world {
    case .real:
      checkRealWorld()
    case .simulated:
      checkSimulatedLoad()
      checkSimulatedRun()
      checkExploration()
    }
    refuse(
      storage.isInMemory && draft.settings.probe != .none, "probe",
      "probe \(draft.settings.probe.rawValue) with storage.path ':memory:'",
      "a database in a file, since this one makes no calls")
    let copies = draft.faults.contains { fault in
      fault.kind == .tamper && fault.target == draft.settings.copying.target
    }
    refuse(
      tree.entry("copy_by") != nil && !copies, "copy_by", "copy_by without tamper: copy",
      "copy_by with a fault tamper: copy, whose method it selects")
    refuse(
      tree.entry("inject") != nil && draft.faults.isEmpty, "inject", "inject without faults",
      "inject with faults, which it turns on and off")
  }

  private mutating func checkRealWorld() {
    refuse(
      tree.entry("explore") != nil, "explore",
      tree.node(at: "explore.crashes")?.text?.lowercased() == "power-loss"
        ? "power loss in the real world" : "an exploration in the real world",
      "explore with world: simulated, since power loss and crash images exist there only")
  }

  /// Virtual time passes at the scheduler's discretion: it can neither measure nor limit anything.
  private mutating func checkSimulatedLoad() {
    let reason = "because virtual time does not limit a program"
    if tree.node(at: "load.duration") != nil {
      refuse(
        true, "load.duration", "duration in the simulated world",
        "load.operations, such as operations: 20, \(reason)")
    } else {
      refuse(
        tree.node(at: "load.operations") == nil, "load", "no operations in the simulated world",
        "load.operations, such as operations: 20, \(reason)")
    }
    refuse(
      load.rate != .closed, "load.rate", "an open loop in the simulated world",
      "load.rate closed, because arrivals in virtual time mean nothing")
    refuse(
      load.warmUp > .zero, "load.warm_up", "warm_up in the simulated world",
      "load.warm_up with world: real, because nothing is measured in virtual time")
  }

  private mutating func checkSimulatedRun() {
    refuse(
      draft.settings.probe != .none, "probe",
      "probe \(draft.settings.probe.rawValue) in the simulated world", "probe with world: real")
    refuse(
      draft.repetitions > 1, "repeat", "\(draft.repetitions) repetitions in the simulated world",
      "1, because a seed gives the same result every time; explore.schedules asks for more")
    refuse(
      storage.path != nil && !storage.isInMemory, "storage.path",
      "a path in the simulated world", "no path, because the simulated disk begins empty")
    refuse(
      !draft.explores, "world", "the simulated world without explore",
      "an explore section, such as explore: {crashes: power-loss, minimum: 1000}")
  }

  private mutating func checkExploration() {
    guard draft.explores else { return }
    let explore = draft.settings.explore
    if let crashes = explore.crashes, let sweep = explore.sweep {
      refuse(
        true, "explore.sweep", "sweep \(sweep.rawValue) together with crashes \(crashes.rawValue)",
        "one of the two")
    }
    refuse(
      storage.isInMemory && (explore.crashes != nil || explore.sweep == .ioErrors), "explore",
      "\(explore.crashes == nil ? "a sweep of I/O errors" : "crashes") with storage.path"
        + " ':memory:'",
      "no storage.path, since this database has no files")
    refuse(
      explore.crashes == nil && tree.node(at: "explore.images") != nil, "explore.images",
      "images without crashes", "images with explore.crashes")
    if let schedules = explore.schedules, explore.crashes == nil, explore.sweep == nil {
      refuse(
        schedules < explore.minimum, "explore.schedules",
        "\(schedules) schedules below the minimum of \(explore.minimum)",
        "at least as many as explore.minimum, since fewer give no verdict")
    }
  }
}
