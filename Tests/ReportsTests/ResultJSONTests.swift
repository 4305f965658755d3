import AssayModel
import Testing

@testable import Reports

@Suite("result.json")
struct ResultJSONTests {
  @Test("A result comes back from its text, and the same result gives the same bytes")
  func roundTrip() throws {
    for result in [Samples.locks, Samples.journals] {
      let text = try ResultJSON.encode(result)
      #expect(try ResultJSON.decode(text) == result)
      #expect(try ResultJSON.encode(ResultJSON.decode(text)) == text)
      #expect(text.hasSuffix("}\n"))
    }
  }

  @Test("Keys of the form are in snake case, keys of dictionaries are as they were")
  func keys() throws {
    let text = try ResultJSON.encode(Samples.journals)
    for key in [
      "plan_digest", "workload_digest", "exit_code", "sqlite_source_id", "peak_resident",
      "p99.9", "storage.journal_mode", "SQLITE_BUSY", "busy_waits", "not_acknowledged",
      "measured_seconds", "longest_wait",
    ] {
      #expect(text.contains("\"\(key)\": "), "\(key)")
    }
    #expect(text.contains("\"seed\": \"18446744073709551615\""))
  }

  @Test("Members stand on lines of their own, plain values of an array on one")
  func layout() {
    let compact = #"{"a":[1,2],"b":{},"c":[],"d":[{"e":"x,\"y\":{"}],"f":["g","h"],"i":null}"#
    #expect(
      JSONLayout.indented(Array(compact.utf8)) == """
        {
          "a": [1, 2],
          "b": {},
          "c": [],
          "d": [
            {
              "e": "x,\\"y\\":{"
            }
          ],
          "f": [
            "g",
            "h"
          ],
          "i": null
        }

        """)
  }

  @Test(
    "Every name comes back from its key",
    arguments: [
      "id", "schema", "planDigest", "sqliteSourceID", "p99.9", "isReentry", "measuredSeconds",
      "allocationsPerOperation",
    ])
  func names(name: String) {
    #expect(ResultKey.camelCase(ResultKey.snakeCase(name)) == name)
  }

  @Test("Text that is no result, and a result of another schema, are told apart")
  func damage() throws {
    func code(_ text: String) -> ReportError.Code? {
      do {
        _ = try ResultJSON.decode(text)
        return nil
      } catch {
        return error.code
      }
    }
    #expect(code("") == .damaged)
    #expect(code("[]") == .damaged)
    #expect(code("{\"schema\": 1}") == .damaged)
    #expect(code("{\"schema\": 2}") == .otherSchema)
    let text = try ResultJSON.encode(Samples.locks)
    #expect(code(String(text.dropLast(3))) == .damaged)
  }

  @Test("A number that JSON can't hold is an error, not a crash")
  func notANumber() {
    var result = Samples.locks
    result.cells[0].throughput = .nan
    #expect(throws: ReportError.self) { try ResultJSON.encode(result) }
  }
}
