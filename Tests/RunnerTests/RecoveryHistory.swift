import AssayModel
import Checkers
import Testing
import Workloads

@testable import FaultVFS
@testable import Runner

/// A hand-made history of a disk with its actors, in short notation.
///
/// Words are separated by spaces; a digit in front of one names its actor (0 without):
/// `<` an operation is invoked, `>` it is acknowledged, `!` it is answered with a failure,
/// `[` its transaction gets the lock, `]` it gives the lock back, `w` a write, `s` a sync. A `.`
/// marks a crash point. Example: `< [ w s ] . >`.
struct RecoveryHistory {
  private(set) var operations: [DiskOperation] = []
  private(set) var events: [SimulatedEvent] = []
  /// Log positions of the marks.
  private(set) var marks: [Int] = []
  private var transactions: Int64 = 0

  /// Whether an actor commits for others.
  private let isShared: Bool

  init(_ notation: String, kind: OperationKind = .transfer, isShared: Bool = true) throws {
    self.isShared = isShared
    var open: [Int: Int] = [:]
    for word in notation.split(separator: " ") {
      let actor = word.first?.wholeNumberValue ?? 0
      switch word.last {
      case "[", "]", "w", "s": add(try #require(word.last), Int32(actor))
      case "<":
        open[actor] = events.count
        events.append(Self.event(kind, actor: actor, at: operations.count))
      case ">", "!":
        let opened = open.removeValue(forKey: actor)
        let index = try #require(opened, "nothing is open: \(notation)")
        events[index].event.outcome = word.last == ">" ? .ok : .failed
        events[index].event.completed = MonotonicTime(nanoseconds: UInt64(operations.count))
        events[index].completedAt = UInt64(operations.count)
      case ".": marks.append(operations.count)
      default: try #require(Bool(false), "'\(word)' in \(notation)")
      }
    }
  }

  private mutating func add(_ letter: Character, _ actor: Int32) {
    if letter == "[" { transactions += 1 }
    let kind: DiskOperation.Kind =
      switch letter {
      case "[": .transactionBegan
      case "]": .transactionEnded
      case "w": .write
      default: .sync
      }
    operations.append(
      DiskOperation(
        kind: kind, file: .database, actor: actor, inode: 0, name: -1, offset: transactions,
        count: 0, bytesAt: 0))
  }

  private static func event(_ kind: OperationKind, actor: Int, at position: Int) -> SimulatedEvent {
    let time = MonotonicTime(nanoseconds: UInt64(position))
    let event = Event(
      actor: ActorID(process: 0, incarnation: 0, actor: actor), sequence: 0,
      operation: WorkloadOperation(kind), outcome: .unknown, intended: time, invoked: time,
      completed: nil)
    return SimulatedEvent(event: event, number: 0, invokedAt: UInt64(position), completedAt: nil)
  }

  var order: CommitOrder {
    CommitOrder(operations, events, actorNumber: { Int32($0.actor) }) { number, actor in
      isShared || number == Int32(actor.actor)
    }
  }

  /// A judge to whom state m is the content after m transactions.
  var judge: ImageJudge {
    let order = order
    return ImageJudge(
      trace: ProgramTrace(
        disk: SimulatedDisk(), events: events, order: order,
        states: (0...order.transactions.count).map(Self.state), checks: [],
        report: SimulationReport(
          ending: .finished, steps: 0, handOvers: 0, elapsed: .zero, digest: 0, trace: [])),
      judgesAtEnd: false)
  }

  /// The content after m transactions.
  static func state(_ number: Int) -> Digest128 { Digest128(high: 7, low: UInt64(number)) }

  /// By mark: which of the contents after 0, 1, ... transactions are violated there, and how.
  func verdicts() -> [String] {
    let judge = judge
    return marks.map { mark in
      (0...order.transactions.count).map { number in
        let flags = judge.judge(.content(Self.state(number)), at: mark).flags
        return flags.contains(.lost) ? "L" : flags.contains(.inconsistent) ? "I" : "."
      }.joined()
    }
  }
}
