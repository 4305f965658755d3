import Testing

@testable import AssayModel

@Suite("Events, their words and their names")
struct EventTests {
  private static let actor = ActorID(process: 3, incarnation: 1, actor: 7)

  @Test("Every event comes back from its words", arguments: OperationKind.allCases)
  func roundTrip(kind: OperationKind) throws {
    let operation = WorkloadOperation(kind, subject: 1, value: .max, extra: 3, detail: 4)
    for outcome in [Event.Outcome.ok, .failed, .unknown] {
      for flags in 0..<8 {
        let (isMeasured, isFirst, isFinal) = (flags & 1 > 0, flags & 2 > 0, flags & 4 > 0)
        let begun = EventWords.invocation(
          kind, isMeasured: isMeasured, isFirstAttempt: isFirst)
        let ended = EventWords.completion(
          of: begun, outcome: outcome, code: -4, isFinal: isFinal)
        let event = try #require(
          EventWords.event(
            actor: Self.actor, sequence: 9, words: (ended, 10, 11, 12, 1, .max, 3, 4)))
        #expect(
          event
            == Event(
              actor: Self.actor, sequence: 9, operation: operation, outcome: outcome, code: -4,
              isMeasured: isMeasured, isFirstAttempt: isFirst, isFinal: isFinal,
              intended: MonotonicTime(nanoseconds: 10), invoked: MonotonicTime(nanoseconds: 11),
              completed: MonotonicTime(nanoseconds: 12)))
      }
    }
  }

  @Test("An invocation without completion is an event of unknown outcome, whatever word 3 holds")
  func underWay() throws {
    let begun = EventWords.invocation(.store, isMeasured: true, isFirstAttempt: true)
    let event = try #require(
      EventWords.event(actor: Self.actor, sequence: 0, words: (begun, 10, 11, 99, 1, 2, 0, 0)))
    #expect(event.outcome == .unknown)
    #expect(event.completed == nil)
    #expect(event.isFinal == false)
  }

  @Test(
    "An empty slot, an unknown kind and an unknown state are no events",
    arguments: [0, 0x0002, 0xff02, 0x0205, 0x0200] as [UInt64])
  func noEvent(state: UInt64) {
    #expect(
      EventWords.event(actor: Self.actor, sequence: 0, words: (state, 1, 2, 3, 0, 0, 0, 0)) == nil)
  }

  @Test("An actor comes back from its packed word and reads as p<process>.<incarnation>/a<number>")
  func actors() {
    #expect(ActorID(packed: Self.actor.packed) == Self.actor)
    #expect("\(Self.actor)" == "p3.1/a7")
    let largest = ActorID(process: 65_535, incarnation: 65_535, actor: 65_535)
    #expect(ActorID(packed: largest.packed) == largest)
    #expect(largest.packed < 1 << 48)
  }

  @Test("A transfer comes back from its word, and no two share one")
  func transfers() {
    let ends = [0, 1, TransferID.largestProcess]
    var words: Set<UInt64> = []
    for process in ends {
      for incarnation in ends {
        for number in [0, 1, TransferID.largestActor] {
          let actor = ActorID(process: process, incarnation: incarnation, actor: number)
          for count: UInt32 in [0, 1, .max] {
            let transfer = TransferID(actor: actor, number: count)
            #expect(transfer.actor == actor)
            #expect(transfer.number == count)
            #expect(TransferID(rawValue: transfer.rawValue) == transfer)
            words.insert(transfer.rawValue)
          }
        }
      }
    }
    #expect(words.count == 81)
  }

  @Test("Names of operations and codes are distinct, and SQLite's codes are none of ours")
  func names() {
    let kinds = OperationKind.allCases
    #expect(Set(kinds.map(\.name)).count == kinds.count)
    #expect(HarnessCode.name(of: HarnessCode.fenced) == "FENCED")
    #expect(HarnessCode.name(of: 5) == nil)
    #expect(HarnessCode.name(of: 0) == nil)
    #expect(OperationKind.load.isWrite == false)
    #expect(OperationKind.renew.isWrite)
  }

  @Test("Initial nonces are never 0, which means absence")
  func initialContent() {
    #expect(InitialContent.nonce(ofKey: 0) == 1)
    #expect(InitialContent.nonce(ofKey: 99) == 100)
  }
}
