import AssayModel
import AssayStorage
import SQLiteDriver
import Testing

@testable import Workloads

/// The steps of `mixed` that take something back, that resize rows, and that wait in checkpoints.
@Suite("Mixed, undone and resized")
struct MixedUndoTests {
  private static let steps = [
    "own", "savepoint", "refused", "resize", "checkpoint_full", "checkpoint_restart",
    "checkpoint_truncate",
  ]

  /// Two processes with a writer each take turns on a cache that is smaller than a transaction.
  private static func turns(
    seed: UInt64, steps: [String] = steps, sabotage: String? = nil, operations: Int = 200
  ) throws -> Judged {
    let trial = try Trial(.mixed, seed: seed) { cell in
      cell.load.processes = 2
      cell.load.writers = 1
      cell.load.keyCount = 12
      cell.load.mix = steps.map { LoadSettings.Share(operation: $0, weight: 1) }
    }
    if let sabotage { try trial.execute(sabotage) }
    let actors = try (0..<2).map { try trial.actor(0, process: $0, role: .writer) }
    var generator = SeededGenerator(Seed(seed).derived("order"))
    for _ in 0..<operations { try actors[generator.below(2)].perform() }
    return try trial.judge()
  }

  @Test(
    "What was taken back shows nowhere, and every row holds its last write", arguments: [81, 82])
  func clean(seed: UInt64) throws {
    let judged = try Self.turns(seed: seed)
    #expect(judged.events.allSatisfy { $0.outcome == .ok }, judged.replay)
    let kinds = Set(judged.events.map(\.operation.kind))
    #expect(kinds == [.updateOwn, .several, .checkpoint])
    // The row of changing size follows the others, and some write went to it.
    #expect(
      judged.events.contains { $0.operation.kind == .updateOwn && $0.operation.subject == 12 })
    #expect(judged.content.count { $0.kind == .ownRow } == 2 * 13)
    #expect(judged.content.allSatisfy { $0.kind != .logRow }, judged.replay)
    judged.expect(.durability, .valid)
    judged.expect(.atomicity, .valid)
    judged.expect(.integrity, .valid)
  }

  @Test("A statement that keeps the rows before its failure is found out")
  func keptRows() throws {
    // FAIL, other than ABORT, leaves what the statement has written so far.
    let judged = try Self.turns(
      seed: 83, steps: ["refused"],
      sabotage: """
        CREATE TRIGGER kept BEFORE UPDATE ON mixed_rows WHEN NEW.nonce IS NULL
        BEGIN SELECT RAISE(FAIL, 'kept'); END
        """, operations: 1)
    judged.expect(.durability, .violated)
    let witness = judged.witness(.durability)
    #expect(witness.contains("which no actor wrote there"), "\(witness)")
  }

  @Test("A row whose text is not that of its number is found out, though the number is right")
  func cutText() throws {
    let judged = try Self.turns(
      seed: 84, steps: ["resize"],
      sabotage: """
        CREATE TRIGGER cut AFTER UPDATE ON mixed_bulk WHEN length(NEW.data) > 16
        BEGIN UPDATE mixed_bulk SET data = substr(data, 17) WHERE id = NEW.id; END
        """, operations: 1)
    judged.expect(.durability, .violated)
  }

  @Test("A savepoint whose content stays is found out")
  func keptSavepoint() throws {
    let trial = try Trial(.mixed, seed: 85) { cell in
      cell.load.keyCount = 3
      cell.load.mix = [LoadSettings.Share(operation: "savepoint", weight: 1)]
    }
    let actor = try trial.actor()
    try actor.perform()
    let undone = (actor.events.last?.operation.value ?? 0) + 1
    // As if the rollback had left one row of the savepoint behind.
    try trial.execute("UPDATE mixed_rows SET nonce = \(undone) WHERE id = 1")
    let judged = try trial.judge()
    judged.expect(.durability, .violated)
  }

  @Test("Without the new steps the database has no table more and no draw differs")
  func oldMixes() throws {
    let load = LoadSettings(workload: .mixed)
    #expect(!load.hasMixedBulkRows)
    let actor = ActorID(process: 0, incarnation: 0, actor: 0)
    let weights = try MixedProgram.weights(load, .writer)
    #expect(weights == [4, 3, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0])
    var program = try MixedProgram(
      load: load, actor: actor, role: .writer, generator: SeededGenerator(Seed(1)))
    for _ in 0..<500 {
      switch program.next() {
      case .savepoint, .refused, .resize: Issue.record("a step that nobody asked for")
      case .checkpoint(let mode): #expect(mode == .passive)
      default: break
      }
    }
  }
}
