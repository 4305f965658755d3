import AssayModel
import Testing

@testable import Reports

@Suite("The finding in one sentence")
struct FindingTests {
  @Test("A recovered lock is told with its excess over the lease")
  func recovery() {
    #expect(
      Finding.sentence(Samples.locks) == """
        All 4 expectations met: a lock left behind was taken over within 612 ms of its last \
        renewal (at most ttl + 112 ms), 532 ms after the kill (3 takeovers); no lock was \
        ever held twice; the longest acquire took 362 ms (ttl=250ms owner=random) to 612 ms \
        (ttl=500ms owner=stable).
        """)
  }

  @Test("Misses come first, with their cells")
  func misses() {
    #expect(
      Finding.sentence(Samples.journals) == """
        1 worker died unasked, 1 of 3 expectations not met (durability in journal_mode=wal), \
        1 of 3 can't be told (durability in journal_mode=off): data was lost or damaged in \
        journal_mode=wal and, as expected or allowed, in journal_mode=off; journal_mode=wal \
        did 9,000/s, 50.0 times journal_mode=off; the longest store took 25.0 us \
        (journal_mode=off) to 13.6 ms (journal_mode=wal).
        """)
  }

  @Test("A demonstration that succeeded names where exclusion was violated")
  func demonstration() {
    var result = Samples.locks
    result.cells[0].verdicts = [
      Verdict(
        check: .mutualExclusion, status: .violated, expected: "violated", met: true, evidence: "",
        witness: ["lock 0 was held twice"])
    ]
    #expect(
      Finding.sentence(result) == """
        All 3 expectations met: a lock left behind was taken over within 612 ms of its last \
        renewal (at most ttl + 112 ms), 532 ms after the kill (3 takeovers); mutual \
        exclusion was violated in ttl=250ms owner=random, as expected or allowed; the \
        longest acquire took 362 ms (ttl=250ms owner=random) to 612 ms (ttl=500ms \
        owner=stable).
        """)
  }

  @Test("Throughput is compared between the fastest and the slowest cell")
  func throughput() {
    func cell(_ connections: String, _ rate: Double, _ max: UInt64, busy: UInt64) -> CellResult {
      Samples.cell(
        connections, ["storage.max_open_connections": connections],
        verdicts: [
          Verdict(
            check: .busy, status: .valid, expected: "{max: 0}", met: true, measured: "0",
            evidence: "")
        ],
        operations: [
          "store": Samples.operation(
            Samples.latency(5_000, p50: 10, p99: 20, p999: 30, max: max),
            errors: busy > 0 ? ["SQLITE_BUSY": busy] : [:], throughput: rate)
        ], throughput: rate)
    }
    let result = Samples.result(
      "connections", "How many?",
      cells: [cell("1", 20_000, 12_000_000, busy: 0), cell("16", 5_000, 8_200_000_000, busy: 10)],
      outcome: "met", exitCode: 0)
    #expect(
      Finding.sentence(result) == """
        Both expectations met: max_open_connections=1 did 20,000/s, 4.00 times \
        max_open_connections=16; the longest store took 12.0 ms (max_open_connections=1) to \
        8.20 s (max_open_connections=16); 10 SQLITE_BUSY in max_open_connections=16.
        """)
  }
}
