import AssayModel
import Testing

@testable import Reports

@Suite("Interrupted runs and jumps of time in words")
struct InterruptedRunTests {
  private func interrupted(_ change: (inout RunResult) -> Void = { _ in }) -> RunResult {
    var result = Samples.locks
    result.outcome = "interrupted"
    result.exitCode = 130
    result.plannedCells = 4
    result.plannedRepetitions = 1
    change(&result)
    return result
  }

  @Test("An interrupted run says how many cells ran and what of them was met, not that all was")
  func cells() {
    let one = interrupted {
      $0.cells.removeLast()
      $0.cells[0].isCutShort = true
    }
    let sentence = Headline.text(one)
    #expect(
      sentence.hasSuffix(
        "Interrupted: 1 of 4 cells ran (cut short). Both expectations checked so far are met."),
      "\(sentence)")
    #expect(!sentence.contains("expectations met"))
    let none = Headline.text(interrupted { $0.cells = [] })
    #expect(none == "Interrupted: none of 4 cells ran.")
  }

  @Test("Repetitions that are missing are counted, and the last one is said to be cut short")
  func repetitions() {
    let result = interrupted {
      $0.plannedCells = 2
      $0.plannedRepetitions = 3
      $0.cells[0].repetitions = 2
      $0.cells[1].isCutShort = true
    }
    #expect(
      InterruptedRun.text(result)
        == "interrupted: 2 of 2 cells ran (3 of 6 repetitions, the last one cut short)")
  }

  @Test("What was not met before the interruption is still said")
  func misses() {
    let result = interrupted { $0.cells[0].verdicts[0].met = false }
    let sentence = Headline.text(result)
    #expect(sentence.contains("Interrupted: 2 of 4 cells ran. 1 of 4 expectations not met"))
  }

  private static let jump = TimeJumpResult(
    kind: .stopped, repetition: 0, at: 312_000_000, length: 2_100_000_000, completedMeanwhile: 0,
    lastedThrough: 4, longestThrough: 2_300_000_000)

  @Test("A jump of time stands under the table and in the last line, with the latencies it is in")
  func jumps() {
    var result = Samples.locks
    result.cells[0].timeJumps = [Self.jump]
    let text = TerminalReport.text(result, style: .init(width: 400))
    #expect(
      text.contains(
        """
        note ttl=250ms owner=random: time jumped: the harness was stopped for 2.10 s, 312 ms after \
        measuring began; no operation completed meanwhile; the latencies contain it: 4 operations \
        lasted through it, the longest 2.30 s; bounds on time are not judged
        """), "\(text)")
    #expect(Headline.text(result).contains("ime jumped in 1 of 2 cells"))
  }

  @Test("Workers that ran on while the harness was stopped are said to have done so")
  func ranOn() {
    var result = Samples.locks
    result.cells = [result.cells[0]]
    result.cells[0].timeJumps = [Self.jump]
    result.cells[0].timeJumps?[0].completedMeanwhile = 512
    result.cells[0].timeJumps?[0].lastedThrough = 0
    #expect(
      TimeJumpNotes.lines(result)[0].hasSuffix(
        "; the workers ran on (512 operations completed meanwhile); bounds on time are not judged"))
    result.cells[0].timeJumps?[0].kind = .suspended
    #expect(TimeJumpNotes.lines(result)[0].contains("the machine was suspended for 2.10 s"))
  }

  @Test("Another run on the machine is named with its process, scenario and start")
  func otherRuns() {
    var result = Samples.locks
    result.environment.otherRuns = [
      OtherRun(process: 4_711, started: WallTime(milliseconds: 43_391_999), scenario: "kill-nine")
    ]
    #expect(
      TerminalReport.text(result, style: .init(width: 400)).contains(
        """
        note another run of Assay worked on this machine at the same time (process 4711, kill-nine, \
        started 12:03:11 UTC): the figures of time contain its load
        """))
  }
}
