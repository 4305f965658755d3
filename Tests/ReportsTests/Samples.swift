import AssayModel

/// Small literal results for the golden tests.
enum Samples {
  static let environment = RunEnvironment(
    processor: "AMD EPYC", processors: 2, memoryBytes: 8_000_000_000, kernel: "6.1.0",
    fileSystem: "ext4", sqliteVersion: "3.40.1", sqliteSourceID: "2022-12-28 14:03:47 df5c",
    compileOptions: ["ENABLE_FTS5", "THREADSAFE=1"], assayVersion: "0.1.0")

  static func latency(
    _ count: UInt64, p50: UInt64?, p99: UInt64?, p999: UInt64?, max: UInt64?
  ) -> LatencyResult {
    LatencyResult(
      count: count, p50: p50, p90: p50, p99: p99, p999: p999, max: max,
      histogram: HistogramCounts(values: [max ?? 0], counts: [count], min: p50 ?? 0, max: max ?? 0))
  }

  static func operation(
    _ response: LatencyResult, errors: [String: UInt64] = [:], throughput: Double
  ) -> OperationResult {
    OperationResult(
      count: response.count, notAcknowledged: 0, errors: errors, response: response,
      service: response,
      queue: LatencyResult(
        count: 0, p50: nil, p90: nil, p99: nil, p999: nil, max: nil, histogram: HistogramCounts()),
      throughput: throughput)
  }

  static func cell(
    _ id: String, _ parameters: [String: String], verdicts: [Verdict],
    operations: [String: OperationResult] = [:], throughput: Double = 0,
    actors: [UInt64] = [], takeovers: [TakeoverResult] = [], faults: [FaultResult] = [],
    incidents: [String] = []
  ) -> CellResult {
    CellResult(
      id: id, parameters: parameters, verdicts: verdicts, operations: operations,
      throughput: throughput, measuredSeconds: 5, repetitions: 1,
      actors: actors.enumerated().map {
        ActorResult(
          actor: "p0.0/a\($0.offset)", repetition: 0, operations: $0.element, longestWait: 1_000)
      },
      series: [SeriesPoint(milliseconds: 0, operations: 7, failures: 0, longestWait: 1_000)],
      counts: ["busy_waits": 3], faults: faults, takeovers: takeovers, incidents: incidents,
      memory: MemoryResult(peakResident: 12_000_000))
  }

  static func result(
    _ scenario: String, _ question: String, cells: [CellResult], outcome: String, exitCode: Int
  ) -> RunResult {
    RunResult(
      scenario: scenario, question: question, world: .real, planDigest: "aa", workloadDigest: "bb",
      seed: Seed(.max), run: "run-1", started: WallTime(milliseconds: 1_700_000_000_000),
      elapsed: .milliseconds(61_234), environment: environment, cells: cells, outcome: outcome,
      finding: "", exitCode: exitCode)
  }

  static func takeover(_ milliseconds: Int64) -> TakeoverResult {
    TakeoverResult(
      lock: 0, from: "p0.0/a0", to: "p1.0/a0", token: 2, repetition: 0,
      sinceRenewal: milliseconds * 1_000_000, sinceKill: (milliseconds - 80) * 1_000_000,
      isReentry: false)
  }

  private static func lockVerdicts(_ measured: String) -> [Verdict] {
    [
      Verdict(
        check: .mutualExclusion, status: .valid, expected: "valid", met: true,
        evidence: "900 acquisitions"),
      Verdict(
        check: .recoveryTime, status: .valid, expected: "{max: ttl + 400ms}", met: true,
        measured: measured, evidence: "max of 2 takeovers"),
    ]
  }

  /// All met.
  static let locks = result(
    "stale-lock", "How soon is the lock of a dead owner free?",
    cells: [
      cell(
        "locks.ttl=250ms,locks.owner=random", ["locks.ttl": "250ms", "locks.owner": "random"],
        verdicts: lockVerdicts("362 ms, at most 650 ms"),
        operations: [
          "acquire": operation(
            latency(900, p50: 5_200_000, p99: 21_340_000, p999: nil, max: 362_000_000),
            throughput: 180)
        ], throughput: 540, actors: [100, 95, 82],
        takeovers: [takeover(300), takeover(362)],
        faults: [
          FaultResult(
            kind: "kill", target: "process 0", repetition: 0, duringWrite: true,
            injected: 1_000_000_000, detected: 1_000_500_000, recovered: nil)
        ]),
      cell(
        "locks.ttl=500ms,locks.owner=stable", ["locks.ttl": "500ms", "locks.owner": "stable"],
        verdicts: lockVerdicts("612 ms, at most 900 ms"),
        operations: [
          "acquire": operation(
            latency(850, p50: 5_300_000, p99: 22_000_000, p999: nil, max: 612_000_000),
            throughput: 170)
        ], throughput: 510, actors: [100, 99, 98], takeovers: [takeover(612)]),
    ], outcome: "met", exitCode: 0)

  /// One expectation missed, one unknown, one violation allowed, one worker dead.
  static let journals = result(
    "kill-nine", "Is anything acknowledged lost after kill -9?",
    cells: [
      cell(
        "storage.journal_mode=wal", ["storage.journal_mode": "wal"],
        verdicts: [
          Verdict(
            check: .integrity, status: .valid, expected: "valid", met: true, evidence: "ok"),
          Verdict(
            check: .durability, status: .violated, expected: "valid", met: false,
            evidence: "45,000 acknowledged stores",
            witness: ["key 1 is absent", "key 2 is absent", "key 3 is absent", "and 7 more"]),
        ],
        operations: [
          "store": operation(
            latency(45_000, p50: 10_000, p99: 14_900, p999: 512_000, max: 13_600_000),
            errors: ["SQLITE_BUSY": 3, "SQLITE_FULL": 1], throughput: 9_000)
        ], throughput: 9_000, actors: [20_000, 25_000], incidents: ["incidents/incident-1.json"]),
      cell(
        "storage.journal_mode=off", ["storage.journal_mode": "off"],
        verdicts: [
          Verdict(
            check: .integrity, status: .violated, expected: "may_violate", met: true,
            evidence: "", witness: ["integrity_check: row 3 missing from index"]),
          Verdict(
            check: .durability, status: .unknown, expected: "valid", met: false, evidence: "",
            reason: "no kill hit a write"),
        ],
        operations: [
          "store": operation(
            latency(900, p50: 900, p99: 1_500, p999: nil, max: 25_000), throughput: 180)
        ], throughput: 180, actors: [450, 450]),
    ], outcome: "not met", exitCode: 2)
}
