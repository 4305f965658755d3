import AssayModel
import Foundation
import Testing

@testable import Schedules

/// Records of runs: replay, misfits and their text.
@Suite("Records of schedules")
struct RecordTests {
  @Test("Replaying a record, in either form, gives the same run", arguments: 0..<4)
  func replay(number: Int) {
    let program = toyPrograms[number]
    for seed in 0..<60 {
      for schedule in everyKind(seed) {
        let run = program.run(schedule)
        let exact = ScheduleDescription.runs(run.record.runs)
        let small = ScheduleDescription.switches(run.record.switches)
        for form in [exact, small] {
          let again = program.run(form)
          #expect(again == run, "\(form) from \(schedule)")
          #expect(form.misfit(of: again.record.runs) == nil)
        }
        #expect(run.record.runs.steps == run.trace.count)
        #expect(run.record.runs.stepsByActor == program.actors.map(\.count))
      }
    }
  }

  @Test("A record counts preemptions, and switches that are none")
  func preemptions() {
    let program = ToyProgram("work*2 | work*2 | work*2")
    func record(_ runs: String) -> RecordedRun? {
      ActorRuns(runs).map { program.run(ReplayedOrder($0)).record }
    }
    let quiet = record("0:2 1:2 2:2")
    #expect(quiet?.preemptions == 0 && quiet?.switches.elements == [])
    let turned = record("2:2 1:2 0:2")
    #expect(turned?.preemptions == 0)
    #expect(turned?.switches.description == ">2 2@2>1")
    let mixed = record("0:1 1:1 0:1 1:1 2:2")
    #expect(mixed?.preemptions == 2)
    #expect(mixed?.switches.description == "0@1>1 1@1>0")
  }

  @Test("Only what was asked for is recorded")
  func levels() {
    let schedule = ScheduleDescription.uniform(Seed(1))
    #expect(toyPrograms[0].run(schedule, level: .off).record == RecordedRun())
    let run = toyPrograms[0].run(schedule, level: .run).record
    #expect(run.choices.isEmpty && run.runs.steps == 10)
    let all = toyPrograms[0].run(schedule, level: .choices).record
    #expect(all.runs == run.runs && all.switches == run.switches)
    #expect(all.choices.count > 5 && all.choices.allSatisfy { $0.point.runnable.count > 1 })
  }

  private static let recorded = "0:2 1:3 0:1 1:1"

  @Test(
    "A schedule that does not fit its program is reported with its step",
    arguments: [
      // The same, one with a sleep, one too short, one too long.
      ("work*3 | work*4", nil),
      ("work*3 | work sleep:9 work*2", ScheduleMisfit.otherActor(step: 4, wanted: 1, ran: 0)),
      ("work*3 | work*3", .endedEarly(step: 6, wanted: 1)),
      ("work*3 | work*6", .wentOn(step: 7, ran: 1)),
      ("lock:0 work unlock:0 | lock:0 work*3", .otherActor(step: 2, wanted: 1, ran: 0)),
      ("work*2 | work*4", .otherActor(step: 5, wanted: 0, ran: 1)),
    ] as [(String, ScheduleMisfit?)])
  func misfits(program: String, expected: ScheduleMisfit?) throws {
    let runs = try #require(ActorRuns(Self.recorded))
    let ran = ToyProgram(program).run(ReplayedOrder(runs)).record.runs
    #expect(runs.misfit(of: ran) == expected, "\(ran)")
    #expect(ScheduleDescription.runs(runs).misfit(of: ran) == expected)
  }

  @Test(
    "Switches that a program does not make are reported with their place",
    arguments: [
      ("0@2>1 1@3>0", "work*3 | work*4", nil),
      // Named, although it would happen anyway.
      ("0@3>1", "work*3 | work*4", nil),
      ("0@2>1", "lock:0 work unlock:0 | lock:0", .otherActor(step: 2, wanted: 1, ran: 0)),
      ("0@2>1 1@5>0", "work*3 | work*4", .neverReached(ScheduleSwitch(from: 1, after: 5, to: 0))),
      ("1@4>0", "work*3 | work*4", .endedEarly(step: 7, wanted: 0)),
      (">2", "work*3 | work*4", .otherActor(step: 0, wanted: 2, ran: 0)),
    ] as [(String, String, ScheduleMisfit?)])
  func switchMisfits(text: String, program: String, expected: ScheduleMisfit?) throws {
    let switches = try #require(ScheduleSwitches(text))
    let ran = ToyProgram(program).run(SwitchedOrder(switches)).record.runs
    #expect(switches.misfit(of: ran) == expected, "\(ran)")
  }

  @Test("A misfit is said in words with its step")
  func misfitWords() {
    #expect(
      "\(ScheduleMisfit.otherActor(step: 4, wanted: 1, ran: 0))"
        == "at step 4 actor 1 could not run and actor 0 did")
    #expect("\(ScheduleMisfit.endedEarly(step: 6, wanted: 1))".contains("before step 6"))
    #expect("\(ScheduleMisfit.wentOn(step: 7, ran: 1))".contains("step 7 of actor 1"))
    let place = ScheduleSwitch(from: 1, after: 5, to: 0)
    #expect("\(ScheduleMisfit.neverReached(place))".contains("actor 1 never took the 5 steps"))
  }

  @Test("Different orders have different digests, and the same order the same")
  func digests() {
    var digests: Set<ScheduleDigest> = []
    let lengths = 1...3
    for first in lengths {
      for second in lengths {
        for third in lengths {
          for actors in [[0, 1, 0], [1, 0, 1], [0, 1, 2], [2, 1, 0]] {
            let runs = ActorRuns(
              zip(actors, [first, second, third]).map { ActorRuns.Run(actor: $0, length: $1) })
            digests.insert(ScheduleDigest(runs))
          }
        }
      }
    }
    #expect(digests.count == 27 * 4)
    // Kept in findings, so it must never change.
    let kept = ActorRuns([.init(actor: 0, length: 2), .init(actor: 1, length: 3)])
    #expect(ScheduleDigest(kept).description == "36a50358b4138da55b3d0cab0b962a80")
  }

  @Test("Text is read back as it was written, and nothing else is read")
  func text() {
    for text in ["", "0:1", "0:12 1:3 0:44"] {
      #expect(ActorRuns(text)?.description == text)
    }
    for text in ["0", "0:0", "0:1 0:2", "-1:2", "0:+1", "0:1  1:1", "x:1", "70000:1", "0:1:1"] {
      #expect(ActorRuns(text) == nil, "\(text)")
    }
    for text in ["", ">2", ">2 0@17>1 1@3>0"] {
      #expect(ScheduleSwitches(text)?.description == text)
    }
    for text in ["2", "0@0>1", "0>1", "0@1>1 0@1>2", ">1 >2", "0@1>", "@1>2", "0@1>2>3", "0@-1>2"] {
      #expect(ScheduleSwitches(text) == nil, "\(text)")
    }
  }
}

/// The form in which findings keep schedules.
@Suite("Descriptions of schedules")
struct DescriptionTests {
  private static let forms: [(String, ScheduleDescription)] = [
    (#"{"seed":"7","strategy":"uniform"}"#, .uniform(Seed(7))),
    (
      #"{"depth":3,"estimated_steps":2000,"seed":"18446744073709551615","strategy":"pct"}"#,
      .priorities(PrioritySchedule(seed: Seed(.max), depth: 3, estimatedSteps: 2_000))
    ),
    (#"{"actor":1,"own_steps":9,"strategy":"stall"}"#, .stall(Stall(actor: 1, ownSteps: 9))),
    (
      #"{"actor":1,"for_steps":5,"own_steps":9,"strategy":"stall"}"#,
      .stall(Stall(actor: 1, ownSteps: 9, end: .afterSteps(5)))
    ),
    (
      #"{"strategy":"switches","switches":">2 0@17>1"}"#,
      .switches(
        ScheduleSwitches([
          ScheduleSwitch(from: nil, after: 0, to: 2), ScheduleSwitch(from: 0, after: 17, to: 1),
        ]))
    ),
    (
      #"{"runs":"0:12 1:3","strategy":"runs"}"#,
      .runs(ActorRuns([.init(actor: 0, length: 12), .init(actor: 1, length: 3)]))
    ),
  ]

  @Test("Every description has one stable form and is read back from it")
  func json() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for (text, description) in Self.forms {
      #expect(String(decoding: try encoder.encode(description), as: UTF8.self) == text)
      let read = try JSONDecoder().decode(ScheduleDescription.self, from: Data(text.utf8))
      #expect(read == description)
    }
    let stickiness = try #require(Probability(0.96))
    let sticky = ScheduleDescription.sticky(Seed(1), stickiness)
    let read = try JSONDecoder().decode(ScheduleDescription.self, from: encoder.encode(sticky))
    #expect(read == sticky)
  }

  @Test(
    "A description that makes no sense is refused",
    arguments: [
      #"{"seed":"7","strategy":"psychic"}"#, #"{"strategy":"uniform"}"#,
      #"{"seed":"7","stickiness":1.5,"strategy":"sticky"}"#,
      #"{"depth":6,"estimated_steps":2000,"seed":"7","strategy":"pct"}"#,
      #"{"depth":0,"estimated_steps":2000,"seed":"7","strategy":"pct"}"#,
      #"{"depth":2,"estimated_steps":0,"seed":"7","strategy":"pct"}"#,
      #"{"actor":-1,"own_steps":9,"strategy":"stall"}"#,
      #"{"actor":1,"for_steps":0,"own_steps":9,"strategy":"stall"}"#,
      #"{"strategy":"switches","switches":"0@1>1 0@1>2"}"#,
      #"{"runs":"0:12 0:3","strategy":"runs"}"#,
      #"{"runs":"0:9223372036854775807 1:9223372036854775807","strategy":"runs"}"#,
    ])
  func badInput(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ScheduleDescription.self, from: Data(text.utf8))
    }
  }
}
