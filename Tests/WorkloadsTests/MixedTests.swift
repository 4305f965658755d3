import AssayModel
import AssayStorage
import SQLiteDriver
import Testing

@testable import Workloads

/// Workload `mixed`: what it draws, and what the checks say of it whole and broken.
@Suite("Mixed")
struct MixedTests {
  private static let everything: [LoadSettings.Share] = [
    LoadSettings.Share(operation: "own", weight: 2),
    LoadSettings.Share(operation: "counter", weight: 2),
    LoadSettings.Share(operation: "several", weight: 3),
    LoadSettings.Share(operation: "read", weight: 2),
    LoadSettings.Share(operation: "checkpoint", weight: 1),
  ]

  /// Two processes with two writers and a reader each take turns.
  private static func turns(
    seed: UInt64, sabotage: String? = nil, operations: Int = 300,
    change: (inout PlannedCell) -> Void = { _ in }
  ) throws -> Judged {
    let trial = try Trial(.mixed, seed: seed) { cell in
      cell.load.processes = 2
      cell.load.writers = 2
      cell.load.readers = 1
      cell.load.keyCount = 6
      cell.load.mix = everything
      change(&cell)
    }
    if let sabotage { try trial.execute(sabotage) }
    var actors: [TrialActor] = []
    for process in 0..<2 {
      for number in 0..<3 {
        actors.append(
          try trial.actor(number, process: process, role: number < 2 ? .writer : .reader))
      }
    }
    var generator = SeededGenerator(Seed(seed).derived("order"))
    for _ in 0..<operations { try actors[generator.below(actors.count)].perform() }
    return try trial.judge()
  }

  @Test("The content is what the acknowledged steps left", arguments: [71, 72, 73] as [UInt64])
  func content(seed: UInt64) throws {
    let judged = try Self.turns(seed: seed)
    var rows: [UInt64: UInt64] = [:]
    var (log, total, rolledBack, kinds) = (Set<UInt64>(), 0, 0, Set<OperationKind>())
    for event in judged.events.sorted(by: { $0.invoked < $1.invoked }) {
      kinds.insert(event.operation.kind)
      guard event.outcome == .ok else {
        #expect(event.code == HarnessCode.rolledBack, judged.replay)
        rolledBack += 1
        continue
      }
      let operation = event.operation
      let owner = UInt64(event.actor.process) * 2 + UInt64(event.actor.actor)
      switch operation.kind {
      case .updateOwn: rows[owner << 32 | operation.subject] = operation.value
      case .increment: total += 1
      case .several:
        let slots =
          [operation.subject >> 32, operation.subject & 0xffff_ffff]
          + [operation.extra >> 32]
        for slot in slots.prefix(Int(operation.extra & 0xff)) {
          rows[owner << 32 | slot] = operation.value
        }
        if operation.extra & 1 << 8 != 0 { log.insert(operation.value) }
      case .readMixed:
        #expect(operation.value == rows[operation.subject] ?? 0, judged.replay)
        #expect(operation.extra == UInt64(total) && operation.detail == UInt64(total))
      default: break
      }
    }
    #expect(kinds == [.updateOwn, .increment, .several, .readMixed, .checkpoint])
    #expect(rolledBack > 0)
    let own = judged.content.filter { $0.kind == .ownRow }
    #expect(own.count == 4 * 6)
    #expect(own.allSatisfy { $0.value == rows[$0.subject] ?? 0 }, judged.replay)
    #expect(Set(judged.content.filter { $0.kind == .logRow }.map(\.subject)) == log)
    #expect(
      judged.content.filter { $0.kind == .sharedCounter }.map(\.value) == [UInt64(total)])
    judged.expect(.durability, .valid)
    judged.expect(.atomicity, .valid)
    judged.expect(.integrity, .valid)
  }

  /// SQL that breaks a promise, the check that must see it, and the words that it must find.
  @Test(
    "A database that breaks a promise is found out",
    arguments: [
      (
        """
        CREATE TRIGGER lost AFTER UPDATE ON mixed_counts WHEN NEW.count % 5 = 0
        BEGIN UPDATE mixed_counter SET count = count - 1; END
        """, CheckName.atomicity, "read the counter"
      ),
      (
        """
        CREATE TRIGGER lost AFTER UPDATE ON mixed_counts WHEN NEW.count % 5 = 0
        BEGIN UPDATE mixed_counter SET count = count - 1; END
        """, .durability, "the shared counter is "
      ),
      (
        """
        CREATE TRIGGER late AFTER UPDATE ON mixed_rows WHEN NEW.nonce % 4 = 0
        BEGIN UPDATE mixed_rows SET nonce = OLD.nonce WHERE id = NEW.id; END
        """, .durability, "was acknowledged"
      ),
      (
        "CREATE TRIGGER none AFTER INSERT ON mixed_log BEGIN DELETE FROM mixed_log; END",
        .atomicity, "is there, but not its row of the log"
      ),
      (
        "CREATE TRIGGER none AFTER INSERT ON mixed_log BEGIN DELETE FROM mixed_log; END",
        .durability, "has no row in the log"
      ),
    ])
  func planted(sabotage: String, check: CheckName, words: String) throws {
    let judged = try Self.turns(seed: 74, sabotage: sabotage)
    judged.expect(check, .violated)
    #expect(judged.witness(check).contains(words), "\(judged.witness(check))")
  }

  @Test("Writers and readers on threads are legal, in rollback mode too")
  func threads() throws {
    for mode in [StorageSettings.JournalMode.wal, .delete] {
      let trial = try Trial(.mixed, seed: 75, isVirtual: false) { cell in
        cell.load.processes = 2
        cell.load.writers = 2
        cell.load.readers = 1
        cell.load.extent = .operations(400)
        cell.storage.journalMode = mode
        cell.storage.busyTimeout = .seconds(60)
      }
      try trial.runThreads()
      let judged = try trial.judge()
      judged.expect(.durability, .valid)
      judged.expect(.atomicity, .valid)
    }
  }

  @Test("A mix that names an unknown step, or gives nothing a weight, is refused")
  func mixes() throws {
    func refusal(_ mix: [LoadSettings.Share]) throws -> String {
      do {
        _ = try Trial(.mixed, seed: 76) { $0.load.mix = mix }.actor()
        return "none"
      } catch StorageError.invalidConfiguration(let reason) {
        return reason
      }
    }
    #expect(
      try refusal([LoadSettings.Share(operation: "store", weight: 1)])
        == "load.mix names 'store'; the workload mixed knows own, counter, several, read, "
        + "checkpoint, think, savepoint, refused, resize, checkpoint_full, checkpoint_restart, "
        + "checkpoint_truncate")
    #expect(
      try refusal([LoadSettings.Share(operation: "own", weight: 0)])
        == "load.mix gives nothing a weight above 0")
  }

  @Test("A pause takes time and leaves no event; an actor that only pauses ends all the same")
  func pauses() throws {
    let trial = try Trial(.mixed, seed: 77) { cell in
      cell.load.mix = [LoadSettings.Share(operation: "think", weight: 1)]
      cell.load.extent = .duration(.milliseconds(50))
    }
    let actor = try trial.actor()
    let start = trial.clock.monotonicNow()
    let end = start + .milliseconds(50)
    let pacing = Pacing(
      load: trial.cell.load, actors: 1, index: 0, start: start, until: end, seed: Seed(1))
    actor.run(pacing: pacing, start: start, deadline: end)
    #expect(actor.events.isEmpty)
    #expect(trial.clock.monotonicNow() >= end)
  }

  // MARK: Leaving operations out

  @Test(
    "Leaving operations out changes none of the others",
    arguments: [LoadSettings.Workload.kv, .ledger, .locks, .mixed])
  func skipping(workload: LoadSettings.Workload) throws {
    /// What an actor asked for, in the words that do not depend on answers.
    func program(_ role: ActorRole, skipped: Set<Int>) throws -> [[UInt64]] {
      let trial = try Trial(workload, seed: 78) { cell in
        cell.load.keyCount = 9
        cell.load.mix =
          workload == .kv
          ? [
            LoadSettings.Share(operation: "store", weight: 2),
            LoadSettings.Share(operation: "delete", weight: 1),
            LoadSettings.Share(operation: "read", weight: 1),
          ] : []
      }
      let actor = try trial.actor(0, role: role)
      var asked: [[UInt64]] = []
      for number in 0..<40 {
        if skipped.contains(number) {
          actor.skip()
          asked.append([])
          continue
        }
        let before = actor.events.count
        try actor.perform()
        asked.append(
          actor.events[before...].filter { ![.readMixed, .checkpoint].contains($0.operation.kind) }
            .flatMap { event -> [UInt64] in
              let (kind, words) = (event.operation.kind, event.operation)
              switch kind {
              case .load, .audit, .acquire, .release, .protectedRead:
                return [UInt64(kind.rawValue), words.subject]
              case .protectedWrite: return [UInt64(kind.rawValue), words.subject, words.extra]
              default:
                return [UInt64(kind.rawValue), words.subject, words.value, words.extra]
              }
            })
      }
      return asked
    }
    for role in [ActorRole.writer, .reader] {
      let whole = try program(role, skipped: [])
      var generator = SeededGenerator(Seed(79))
      let skipped = Set((0..<40).filter { _ in generator.below(2) == 0 })
      let part = try program(role, skipped: skipped)
      for number in 0..<40 {
        #expect(
          part[number] == (skipped.contains(number) ? [] : whole[number]),
          "\(workload) \(role) \(number)")
      }
    }
  }

  @Test("A run leaves out the operations that it is told to, and keeps their places")
  func skippingInARun() throws {
    func run(_ shouldSkip: @escaping (Int) -> Bool) throws -> [Event] {
      let trial = try Trial(.kv, seed: 80) { $0.load.extent = .operations(20) }
      let actor = try trial.actor()
      let start = trial.clock.monotonicNow()
      let end = start + .seconds(60)
      let pacing = Pacing(
        load: trial.cell.load, actors: 1, index: 0, start: start, until: end, seed: Seed(1))
      actor.run(pacing: pacing, start: start, deadline: end, shouldSkip: shouldSkip)
      return actor.events
    }
    let whole = try run { _ in false }
    let odd = try run { $0 % 2 == 0 }
    #expect(whole.count == 20)
    #expect(
      odd.map(\.operation)
        == whole.enumerated().filter { $0.offset % 2 == 1 }
        .map(\.element.operation))
    #expect(try run { _ in true }.isEmpty)
  }
}
