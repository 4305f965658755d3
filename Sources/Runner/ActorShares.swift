import AssayModel

/// What the actors of a repetition did, those that never came to do anything included.
struct ActorShares {
  let load: LoadSettings
  let shares: [ActorID: Activity.Share]

  /// One row per actor and incarnation, by process, incarnation and number.
  func results(repetition: Int) -> [ActorResult] {
    var all = shares.filter { Int($0.key.process) < load.processes }
    for actor in planned where all[actor] == nil { all[actor] = Activity.Share() }
    let starved = starved(all)
    return all.sorted { $0.key.packed < $1.key.packed }.map { actor, share in
      var row = ActorResult(
        actor: "\(actor)", role: Int(actor.actor) < load.writers ? "writer" : "reader",
        repetition: repetition, operations: share.operations, longestWait: share.longestWait)
      if share.isCensored { row.longestWaitIsLowerBound = true }
      if starved.contains(Self.place(actor)) { row.isStarved = true }
      return row
    }
  }

  /// The first incarnation of every actor that must have had something to do.
  ///
  /// Where operations are counted out or arrive, one actor may have none.
  private var planned: [ActorID] {
    let perProcess = load.writers + load.readers
    return (0..<load.processes).flatMap { process in
      (0..<perProcess).compactMap { actor in
        switch load.extent {
        case .operations(let total):
          guard process * perProcess + actor < total else { return nil }
        case .duration: break
        }
        guard load.rate == .closed else { return nil }
        return ActorID(process: process, incarnation: 0, actor: actor)
      }
    }
  }

  /// Places without any success in all incarnations.
  private func starved(_ all: [ActorID: Activity.Share]) -> Set<ActorID> {
    var places = Set(all.filter { $0.value.hasTried }.map { Self.place($0.key) })
    places.formUnion(planned)
    for (actor, share) in all where share.hasSucceeded { places.remove(Self.place(actor)) }
    return places
  }

  private static func place(_ actor: ActorID) -> ActorID {
    ActorID(process: Int(actor.process), incarnation: 0, actor: Int(actor.actor))
  }
}
