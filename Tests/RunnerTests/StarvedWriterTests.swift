import AssayModel
import Testing

@Suite("Writers that wait until measuring is over")
struct StarvedWriterTests {
  @Test("One transaction as long as the run makes the waits behind it count, and names who starved")
  func behindOneTransaction() async throws {
    let sandbox = try Sandbox()
    let (ending, result) = try await Assay.runScenario(
      Text.scenario(
        """
        storage: { journal_mode: delete, synchronous: off, busy_timeout: 20s }
        load:
          workload: sql
          processes: 2
          writers: 1
          duration: 300ms
          setup: ["CREATE TABLE t(x)"]
          transactions:
            - name: slow
              begin: immediate
              statements:
                - >-
                  INSERT INTO t SELECT count(*) FROM (WITH RECURSIVE n(i) AS
                  (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT i FROM n)
        expect: { integrity: valid, latency: { of: max, max: 100ms } }
        """), in: sandbox)
    #expect(ending.code == 3, "\(ending.errors)")
    #expect(ending.errors.contains("got no acknowledgement while measuring"), "\(ending.errors)")
    let cell = try #require(result.cells.first)
    #expect(cell.actors.contains { $0.isStarved == true }, "\(cell.actors)")
    let longest = cell.operations["transaction"]?.response.max ?? 0
    #expect(longest >= 300_000_000, "the wait of who came second is at least as long as the run")
  }
}
