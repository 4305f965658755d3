import AssayModel
import Testing

@testable import Runner

/// Workers of a sweep that die.
@Suite("Deaths of a sweep's workers")
struct SweepDeathTests {
  private static let line = SweepFault.Line(target: .allocation, isLasting: false)
  private static let problem = SweepProblem(check: .errorHandling, lines: ["the process died"])

  private func take(_ queue: inout SweepQueue) throws -> SweepBlock {
    let block = queue.next()
    return try #require(block)
  }

  @Test("A block whose worker died runs again, run by run, and is split at the run that kills")
  func split() throws {
    var queue = SweepQueue(program: 0, lines: [Self.line])
    let block = try take(&queue)
    #expect(block.first == 1 && block.count == SweepQueue.blockLength && !block.isCareful)
    queue.died(block)
    let again = try take(&queue)
    #expect(again.isCareful && again.first == 1 && again.count == block.count)
    queue.died(again, at: 5, Self.problem)
    let before = try take(&queue)
    let after = try take(&queue)
    #expect(before.first == 1 && before.count == 4)
    #expect(after.first == 6 && after.count == block.count - 5)
    #expect(!queue.isOver)
    queue.finished(before, SweepBlockResult())
    var last = SweepBlockResult()
    last.isExhausted = true
    queue.finished(after, last)
    let none = queue.next()
    #expect(queue.isOver && none == nil)
    #expect(queue.results[0].result.bad == [.init(call: 5, problems: [Self.problem])])
    #expect(queue.faults == 1)
  }

  @Test("Lines are worked on together, and none is asked for more once a run passed untouched")
  func order() throws {
    let lasting = SweepFault.Line(target: .allocation, isLasting: true)
    var queue = SweepQueue(program: 3, lines: [Self.line, lasting])
    let blocks = [try take(&queue), try take(&queue), try take(&queue)]
    #expect(blocks.map(\.line) == [Self.line, lasting, Self.line])
    #expect(blocks.map(\.first) == [1, 1, 1 + SweepQueue.blockLength])
    #expect(blocks.allSatisfy { $0.program == 3 })
    var end = SweepBlockResult()
    end.isExhausted = true
    for block in blocks { queue.finished(block, end) }
    #expect(queue.isOver)
  }

  @Test(
    "A fault that kills the process is a violation that names it, and the sweep comes to an end")
  func killer() async throws {
    var harness = try SweepHarness()
    // The first worker runs the program without a fault. Of those that come later, each dies of
    // what it is asked for.
    harness.executable = try harness.sandbox.script(
      "worker.sh",
      """
      #!/bin/bash
      message() { printf "\\\\x$(printf %02x ${#1})\\\\x0\\\\x0\\\\x0%s" "$1" >&3; }
      receive() {
        count=$(od -An -tu4 -N4 <&3 | tr -d ' ')
        [ -n "$count" ] || exit 0
        head -c "$count" <&3 > '\(harness.sandbox.path)/request'
      }
      receive
      ready='{"ready":{"_0":{"firstRow":{"nanoseconds":1},"libraryNumber":3040001,'
      ready="$ready"'"sourceID":"fake","compileOptions":[]}}}'
      message "$ready"
      while receive; do
        if grep -q '"line"' '\(harness.sandbox.path)/request'; then
          grep -q '"isCareful":true' '\(harness.sandbox.path)/request' \\
            && message '{"sweeping":{"call":3}}'
          kill -SEGV $$
        fi
        result='{"swept":{"_0":{"faults":0,"reported":0,"keptLocks":0,"acknowledged":1,"bad":[],'
        message "$result"'"badCount":0,"isExhausted":false}}}'
      done
      """)
    let outcome = try await harness.sweep(
      SweepHarness.small("kv", sweep: "memory", operations: 1), jobs: 1)
    #expect(outcome.status(.errorHandling) == .violated, "\(outcome.text)")
    let finding = try #require(outcome.findings.first)
    #expect(finding.fault?.call == 3)
    #expect(
      finding.summary
        == "allocation, call 3, once: the process was killed by signal 11 (Segmentation fault)")
  }
}
