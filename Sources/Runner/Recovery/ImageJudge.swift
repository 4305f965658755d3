import AssayModel
import FaultVFS
import SQLiteDriver

/// Says of a recovered image what its crash point allows.
///
/// Consistent: the content is that after m transactions, for one m that had begun. Durable: that m
/// is not below the last one that was acknowledged. Source: facts/crash-model.md, "Oracle".
struct ImageJudge {
  let trace: ProgramTrace
  /// Whether the order of operations is all that a sync keeps: then a crash may leave what was
  /// there at any earlier point, and acknowledgements of the whole program count.
  let judgesAtEnd: Bool

  /// What was found wrong with an image.
  struct Judgement {
    var flags: ImageFlags = []
    /// By check: the code of the kind, and a sentence.
    var violations: [(check: CheckName, code: String, found: String)] = []
    /// How many acknowledged transactions are not in it.
    var lostTransactions = 0
  }

  /// Log position whose acknowledgements count for a crash at another one.
  private func judgedPosition(_ position: Int) -> Int {
    judgesAtEnd ? trace.disk.log.position : position
  }

  func acknowledged(at position: Int) -> Int { trace.order.promised(at: judgedPosition(position)) }

  func begun(at position: Int) -> Int { trace.order.begun(at: judgedPosition(position)) }

  /// Judges what was found in an image of a crash point.
  func judge(_ state: ImageState, at position: Int) -> Judgement {
    var judgement = Judgement()
    let begun = begun(at: position)
    let acknowledged = acknowledged(at: position)
    func add(_ check: CheckName, _ code: String, _ found: String, _ flags: ImageFlags) {
      judgement.violations.append((check, code, found))
      judgement.flags.formUnion(flags)
    }
    switch state {
    case .unreadable(let code):
      let name = ResultCode(rawValue: code).name
      add(.integrity, name, "SQLite cannot read the database: \(name)", .damaged)
      add(.consistency, name, "SQLite cannot read the database: \(name)", .inconsistent)
    case .damaged:
      add(.integrity, "damaged", "integrity_check or foreign_key_check finds faults", .damaged)
      add(
        .consistency, "damaged", "the database is damaged, so it holds no state of the program",
        .inconsistent)
    case .unstable:
      add(
        .consistency, "unstable", "opening the recovered database again gives another content",
        .inconsistent)
    case .breaking(let digest, let text):
      judgement = judge(.content(digest), at: position)
      add(.invariants, "broken", text, .breaking)
    case .content(let digest):
      guard let number = trace.transaction(of: digest, begun: begun) else {
        let sound = "the database is sound, but its content is that after no number of"
        add(
          .consistency, "content",
          "\(sound) transactions from 0 to the \(begun) that had begun", .inconsistent)
        return judgement
      }
      guard number < acknowledged else { return judgement }
      judgement.lostTransactions = acknowledged - number
      add(
        .durability, "lost",
        "the content is that after \(number) transactions, but \(acknowledged) were acknowledged",
        .lost)
    }
    return judgement
  }
}
