import AssayModel
import Platform

/// Where the history of an actor lies and how it is read back.
enum History {
  /// Path of an actor's history files without their numbers.
  static func path(folder: String, actor: ActorID) -> String {
    "\(folder)/p\(actor.process)i\(actor.incarnation)a\(actor.actor)"
  }

  /// Opens the history of an actor.
  ///
  /// - Parameter mustExist: the process was ready, and it makes the histories before that.
  /// - Returns: `nil` when there is none: the process died before it made one, and did nothing.
  /// - Throws: a harness error when a history that must exist is missing or another actor's.
  static func reader(
    folder: String, actor: ActorID, mustExist: Bool
  ) throws -> HistoryReader? {
    let path = path(folder: folder, actor: actor)
    let exists = HistoryReader.exists(path: path)
    guard mustExist || exists else { return nil }
    let found = exists ? try HistoryReader(path: path) : nil
    if mustExist, found?.metadata?.first != actor.packed {
      throw RunnerError(
        .harness,
        "the history of \(actor) in '\(folder)' is \(found == nil ? "missing" : "damaged")")
    }
    return found
  }

  /// The last events of an actor, oldest first, whether it lives or not.
  static func latest(
    folder: String, actor: ActorID, count: Int
  ) throws(PlatformError) -> [Event] {
    let reader = try HistoryReader(path: path(folder: folder, actor: actor))
    return try reader.latest(count).compactMap { words in
      EventWords.event(actor: actor, sequence: 0, words: words.tuple)
    }
  }
}

/// Reads the histories of several actors one after the other, in O(1) memory.
struct HistoryEvents: EventStream {
  /// An actor of a cell, and whether it must have left a history.
  struct Source {
    var actor: ActorID
    var mustExist: Bool
  }

  private let folder: String
  private var remaining: ArraySlice<Source>
  private var current: (actor: ActorID, reader: HistoryReader)?
  private var sequence: UInt64 = 0

  /// - Parameter actors: in the order in which their events are wanted.
  init(folder: String, actors: [Source]) {
    self.folder = folder
    remaining = actors[...]
  }

  mutating func next() throws -> Event? {
    while true {
      if let (actor, reader) = current {
        if let words = try reader.next() {
          defer { sequence += 1 }
          if let event = EventWords.event(actor: actor, sequence: sequence, words: words.tuple) {
            return event
          }
          throw RunnerError(
            .harness, "event \(sequence) of \(actor) is of a kind that this version can't read")
        }
        current = nil
      }
      guard let source = remaining.popFirst() else { return nil }
      sequence = 0
      let reader = try History.reader(
        folder: folder, actor: source.actor, mustExist: source.mustExist)
      if let reader { current = (source.actor, reader) }
    }
  }
}
