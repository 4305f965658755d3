import AssayModel

/// SQLite's result codes of the family SQLITE_BUSY, by name.
public enum BusyCode {
  /// Prefix of every name of the family.
  public static let family = "SQLITE_BUSY"

  /// Returns the name of an extended code of the family, or `nil` for any other code.
  ///
  /// Source: sqlite3.h, `SQLITE_BUSY` and its extended codes; the low byte is the primary code 5.
  public static func name(of code: Int32) -> String? {
    guard code > 0, code & 0xff == 5 else { return nil }
    return switch code >> 8 {
    case 0: family
    case 1: "SQLITE_BUSY_RECOVERY"
    case 2: "SQLITE_BUSY_SNAPSHOT"
    case 3: "SQLITE_BUSY_TIMEOUT"
    default: "SQLITE_BUSY(\(code))"
    }
  }
}

/// `busy`: no attempt ended with an error of the SQLITE_BUSY family, retried or not, including
/// attempts to open a connection.
///
/// A cell without possible contention shows nothing: one actor, or one connection in one process.
/// Bounds count attempts and are judged over all repetitions.
struct BusyCheck: EventChecker {
  private let context: CellContext
  /// Counts in the order of the extended codes.
  private var counts: [Int32: UInt64] = [:]
  private var attempts = 0
  private var witnesses = Witnesses()

  init(context: CellContext) {
    self.context = context
  }

  var seesConnections: Bool { true }

  mutating func see(_ row: ContentRow) {}

  mutating func see(_ event: Event) {
    attempts += 1
    guard event.code > 0, let name = BusyCode.name(of: event.code) else { return }
    counts[event.code, default: 0] += 1
    let context = context
    let call =
      event.operation.kind.isOfLoad
      ? "a \(event.operation.kind.name) of \(event.actor)"
      : "\(event.operation.kind.name) of a connection of process \(event.actor.process)"
    witnesses.add("\(name) for \(call), invoked " + context.text(event.invoked))
  }

  mutating func finish(content: ContentState) -> CheckResult {
    let total = counts.values.reduce(0, +)
    var evidence =
      "\(Words.grouped(total)) of \(Words.count(attempts, "attempt")) ended with SQLITE_BUSY"
    for (code, count) in counts.sorted(by: { $0.key < $1.key }) where code != 5 {
      evidence += ", \(BusyCode.name(of: code) ?? "\(code)") \(Words.grouped(count))"
    }
    if total > 0 { return .violated(.busy, evidence: evidence, witness: witnesses.summary) }
    if attempts == 0 {
      return .unknown(.busy, evidence: evidence, reason: "nothing was attempted", sawNothing: true)
    }
    if !isPossible {
      return .unknown(
        .busy, evidence: evidence,
        reason: "nothing could conflict: one actor or one connection", sawNothing: true)
    }
    return .valid(.busy, evidence: evidence)
  }

  private var isPossible: Bool {
    if context.actors <= 1 { return false }
    let storage = context.cell.storage
    let isOneConnection = storage.topology == .pool && storage.maxOpenConnections == 1
    return context.cell.load.processes > 1 || !isOneConnection
  }
}
