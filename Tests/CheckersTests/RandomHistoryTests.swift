import AssayModel
import Testing

@testable import Checkers

/// Histories drawn from a seed, of a storage that is right by construction: every call takes
/// effect at one moment between its invocation and its answer.
@Suite("Histories of a sound storage, and the same with one thing broken")
struct RandomHistoryTests {
  private struct Call {
    var actor: ActorID
    var operation: WorkloadOperation
    var outcome: Event.Outcome
    var invoked: Int
    var effect: Int?
    var completed: Int?
  }

  private static let processCount = 3
  private static let actorsPerProcess = 3

  /// Calls of every actor, one after the other; process 2 dies at a drawn time.
  private func calls(
    _ seed: UInt64, _ make: (inout SeededGenerator, ActorID, UInt32) -> WorkloadOperation
  ) -> (calls: [Call], death: Int) {
    var generator = SeededGenerator(Seed(seed))
    let death = 300 + generator.below(400)
    var calls: [Call] = []
    for process in 0..<Self.processCount {
      for number in 0..<Self.actorsPerProcess {
        let actor = ActorID(process: process, incarnation: 0, actor: number)
        var time = generator.below(20)
        for sequence in 0..<UInt32(40) {
          let operation = make(&generator, actor, sequence)
          let effect = time + 1 + generator.below(15)
          var call = Call(
            actor: actor, operation: operation, outcome: .ok, invoked: time, effect: effect,
            completed: effect + 1 + generator.below(15))
          if generator.below(10) == 0 {
            call.outcome = .failed
            call.effect = nil
          }
          if process == 2, call.completed ?? 0 >= death {
            if time < death {
              call.outcome = .unknown
              call.completed = nil
              if effect >= death { call.effect = nil }
              calls.append(call)
            }
            break
          }
          calls.append(call)
          time = (call.completed ?? 0) + generator.below(5)
        }
      }
    }
    return (calls, death)
  }

  private func judge(
    _ check: CheckName, _ cell: PlannedCell, _ calls: [Call], death: Int, _ content: [ContentRow]
  ) throws -> CheckResult {
    var history = HistoryText(
      "process p0 0-9000\nprocess p1 0-9000\nprocess p2 0-\(death) killed\nkill p2 @\(death)")
    history.content = content
    history.events = calls.enumerated().map { index, call in
      Event(
        actor: call.actor, sequence: UInt64(index), operation: call.operation,
        outcome: call.outcome, intended: HistoryText.time(call.invoked),
        invoked: HistoryText.time(call.invoked), completed: call.completed.map(HistoryText.time))
    }
    return try #require(findings(cell, history).results.first { $0.check == check })
  }

  private func storeCalls(_ seed: UInt64) -> (calls: [Call], death: Int) {
    calls(seed) { generator, actor, sequence in
      let key = UInt64(generator.below(6))
      if generator.below(5) == 0 { return WorkloadOperation(.delete, subject: key) }
      return WorkloadOperation(
        .store, subject: key,
        value: 1 << 63 | TransferID(actor: actor, number: sequence).rawValue)
    }
  }

  private func finalValues(_ calls: [Call]) -> [UInt64] {
    var values = (0..<6).map { InitialContent.nonce(ofKey: $0) }
    let effects = calls.filter { $0.effect != nil }
      .sorted { ($0.effect ?? 0, $0.invoked) < ($1.effect ?? 0, $1.invoked) }
    for call in effects { values[Int(call.operation.subject)] = call.operation.value }
    return values
  }

  private func rows(_ values: [UInt64]) -> [ContentRow] {
    values.enumerated().filter { $0.element != 0 }
      .map { ContentRow(.value, subject: UInt64($0.offset), value: $0.element) }
  }

  @Test("Keys of a sound storage pass; any value that an acknowledged write followed does not")
  func keys() throws {
    let planned = cell(.kv, keys: 6, checks: [.durability])
    for seed in UInt64(1)...60 {
      let (calls, death) = storeCalls(seed)
      let values = finalValues(calls)
      let sound = try judge(.durability, planned, calls, death: death, rows(values))
      #expect(sound.status == .valid, "seed \(seed): \(sound.witness)")
      let acknowledged = calls.filter { $0.outcome == .ok && $0.operation.value != 0 }
      let overwritten = acknowledged.first { early in
        acknowledged.contains {
          $0.operation.subject == early.operation.subject
            && $0.invoked > early.completed ?? .max
        }
      }
      let lost = try #require(overwritten)
      var broken = values
      broken[Int(lost.operation.subject)] = lost.operation.value
      let result = try judge(.durability, planned, calls, death: death, rows(broken))
      #expect(result.status == .violated, "seed \(seed)")
      #expect(result.witness.count == 1, "seed \(seed): \(result.witness)")
    }
  }

  @Test("A sound ledger passes; with one row, one debit or one credit missing it does not")
  func ledger() throws {
    let planned = cell(.ledger, keys: 5, checks: [.durability, .atomicity])
    for seed in UInt64(1)...40 {
      let (calls, death) = calls(seed) { generator, actor, sequence in
        let from = UInt64(generator.below(5))
        let to = (from + 1 + UInt64(generator.below(4))) % 5
        return WorkloadOperation(
          .transfer, subject: TransferID(actor: actor, number: sequence).rawValue,
          value: from << 32 | to, extra: UInt64(1 + generator.below(100)))
      }
      let applied = calls.filter { $0.effect != nil }
      let sound = ledgerRows(applied, debits: applied, credits: applied)
      for check in [CheckName.durability, .atomicity] {
        let result = try judge(check, planned, calls, death: death, sound)
        #expect(result.status == .valid, "seed \(seed): \(result.witness)")
      }
      let most = Array(applied.dropFirst())
      let noRow = ledgerRows(most, debits: applied, credits: applied)
      let noDebit = ledgerRows(applied, debits: most, credits: applied)
      let noCredit = ledgerRows(applied, debits: applied, credits: most)
      for (name, content) in [("row", noRow), ("debit", noDebit), ("credit", noCredit)] {
        let result = try judge(.atomicity, planned, calls, death: death, content)
        #expect(result.status == .violated, "seed \(seed), without \(name)")
        let half = "transfer \(TransferID(rawValue: applied[0].operation.subject)) "
        #expect(
          result.witness.contains { $0.contains(half) } || result.witness.count > 5,
          "seed \(seed), without \(name): \(result.witness)")
      }
      let lost = try judge(.durability, planned, calls, death: death, noRow)
      #expect(lost.status == .violated, "seed \(seed)")
    }
  }

  private func ledgerRows(
    _ applied: [Call], debits: [Call], credits: [Call]
  ) -> [ContentRow] {
    var balances = [Int64](repeating: InitialContent.balance, count: 5)
    for call in debits {
      balances[Int(call.operation.value >> 32)] -= Int64(call.operation.extra)
    }
    for call in credits {
      balances[Int(call.operation.value & 0xff)] += Int64(call.operation.extra)
    }
    return balances.enumerated().map {
      ContentRow(.account, subject: UInt64($0.offset), value: UInt64(bitPattern: $0.element))
    }
      + applied.map {
        ContentRow(
          .transfer, subject: $0.operation.subject, value: $0.operation.value,
          extra: $0.operation.extra)
      }
  }

  @Test("A sound lease lock passes under kills, pauses and late answers, whatever the order")
  func leases() throws {
    let planned = cell(.locks, keys: 1, checks: [.mutualExclusion, .recoveryTime, .durability])
    var takeovers = 0
    for seed in UInt64(1)...60 {
      let findings = try findings(planned, LeaseSimulation.run(seed: seed).history)
      for result in findings.results {
        #expect(result.status != .violated, "seed \(seed): \(result.check) \(result.witness)")
      }
      for takeover in findings.takeovers {
        #expect(takeover.acquired - takeover.lastRenewal >= .milliseconds(499), "seed \(seed)")
      }
      takeovers += findings.takeovers.count
    }
    #expect(takeovers > 60, "only \(takeovers) takeovers in all seeds")
  }

  @Test("The same lease lock without fencing lets stale writes through, and they are caught")
  func unfencedLeases() throws {
    let planned = cell(.locks, keys: 1, checks: [.mutualExclusion])
    var caught = 0
    for seed in UInt64(1)...60 {
      let run = LeaseSimulation.run(seed: seed, isFenced: false)
      let result = try findings(planned, run.history).results[0]
      if run.hasStaleWrite {
        #expect(result.status == .violated, "seed \(seed)")
        caught += 1
      } else {
        #expect(result.status != .violated, "seed \(seed): \(result.witness)")
      }
    }
    #expect(caught > 10, "only \(caught) seeds had a stale write")
  }
}
