import AssayModel
import Platform

/// What a process was doing at last, as its mapped histories tell, also after its death.
struct LatestActivity {
  /// Whether an actor holds a lock: its acquire was acknowledged and no release was invoked.
  private(set) var holdsLock = false
  /// Whether an actor is inside a call that writes.
  private(set) var isInsideWrite = false
  /// Whether the actor that holds a lock is inside a call, such as its protected write.
  private(set) var isInsideCallAsHolder = false

  /// How far back the acquisition of a held lock can lie: renewals may follow it.
  private static let lookBack = 64

  /// Reads the last events of every actor. An unreadable history counts as no activity.
  init(folder: String, process: Int, incarnation: Int, actors: Int) {
    for actor in 0..<actors {
      let id = ActorID(process: process, incarnation: incarnation, actor: actor)
      guard let events = try? History.latest(folder: folder, actor: id, count: Self.lookBack)
      else { continue }
      see(events)
    }
  }

  private mutating func see(_ events: [Event]) {
    var isHolding = false
    for event in events {
      switch event.operation.kind {
      case .acquire: isHolding = event.outcome == .ok
      case .release: isHolding = false
      default: break
      }
    }
    guard let last = events.last else { return }
    let isUnderWay = last.completed == nil
    holdsLock = holdsLock || isHolding
    isInsideCallAsHolder = isInsideCallAsHolder || (isHolding && isUnderWay)
    // Waiting for a lock is no write: nothing of it can be lost.
    let isWriting = isUnderWay && last.operation.kind.isWrite && last.operation.kind != .acquire
    isInsideWrite = isInsideWrite || isWriting
  }
}
