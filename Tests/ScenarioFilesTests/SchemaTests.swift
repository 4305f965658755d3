import AssayModel
import Foundation
import ScenarioFiles
import Testing

@Suite("The JSON Schema")
struct SchemaTests {
  private func object(_ value: Any?, _ path: String...) throws -> [String: Any] {
    var current = try #require(value as? [String: Any])
    for key in path { current = try #require(current[key] as? [String: Any], "\(key)") }
    return current
  }

  private func schema() throws -> [String: Any] {
    try object(JSONSerialization.jsonObject(with: Data(JSONSchema.text().utf8)))
  }

  @Test("It is JSON of draft 2020-12 and the same bytes every time")
  func form() throws {
    #expect(
      try schema()["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    #expect(JSONSchema.text() == JSONSchema.text())
    #expect(JSONSchema.text().hasSuffix("}\n"))
  }

  @Test("Every key of the format stands in it and no other is allowed")
  func keys() throws {
    let root = try schema()
    let sections = try object(root, "properties")
    #expect(
      Set(sections.keys) == [
        "name", "question", "tags", "world", "storage", "locks", "matrix", "load", "repeat",
        "faults", "expect", "disk", "explore", "probe", "inject", "copy_by", "check", "sweep",
        "tune",
        "gate", "show",
      ])
    #expect(root["additionalProperties"] as? Bool == false)
    #expect(root["required"] as? [String] == ["name", "question", "load"])
    let storage = try object(sections, "storage", "properties")
    let own = [
      "profile", "journal_mode", "synchronous", "busy_timeout", "busy", "max_open_connections",
      "max_idle_connections", "topology", "readers", "allocator", "begin", "acquire_timeout",
      "query_timeout", "path", "cache_size", "mmap_size", "page_size", "wal_autocheckpoint",
      "journal_size_limit", "temp_store", "locking_mode", "auto_vacuum", "secure_delete",
      "foreign_keys", "cache_spill", "cell_size_check", "recursive_triggers", "read_uncommitted",
    ]
    #expect(Set(own).isSubset(of: storage.keys))
    #expect(
      try Set(object(sections, "locks", "properties").keys) == [
        "ttl", "owner", "fencing", "renew", "poll",
      ])
    #expect(
      try Set(object(sections, "load", "properties").keys) == [
        "workload", "processes", "writers", "readers", "duration", "operations", "warm_up",
        "think", "hold", "rate", "mix", "keys", "value_size", "setup", "transactions",
        "invariants", "invariant_timeout",
      ])
    #expect(
      try Set(object(sections, "expect", "properties").keys)
        == Set(CheckName.allCases.map(\.rawValue)))
    let latencies = VFSMethod.failing.map(\.rawValue)
    #expect(
      try Set(object(sections, "disk", "properties").keys)
        == Set(latencies).union([
          "latency", "sync_files", "sector_size", "powersafe_overwrite", "claims", "truncation",
          "directory", "garbage",
        ]))
    #expect(
      try Set(object(sections, "disk", "properties", "latency", "properties").keys)
        == Set(latencies))
    #expect(
      try Set(object(sections, "explore", "properties").keys) == [
        "crashes", "sweep", "strategy", "schedules", "budget", "minimum", "images",
      ])
    #expect(try object(sections, "explore")["required"] as? [String] == ["minimum"])
    let transaction = try object(sections, "load", "properties", "transactions", "items")
    #expect(
      try Set(object(transaction, "properties").keys) == [
        "name", "weight", "begin", "statements", "parameters",
      ])
    let faults = try object(sections, "faults", "items", "properties")
    #expect(
      Set(["method", "file", "moment", "lasts", "drop", "for", "after"]).isSubset(of: faults.keys))
    #expect(Set(FaultSpecification.Kind.allCases.map(\.rawValue)).isSubset(of: faults.keys))
  }

  @Test("Every key is documented, except those that only later versions read")
  func documentation() throws {
    let sections = try object(schema(), "properties")
    for section in ["storage", "locks", "load", "disk", "explore"] {
      for (name, value) in try object(sections, section, "properties") {
        #expect(try object(value)["description"] is String, "\(section).\(name)")
      }
    }
    #expect(
      try object(sections, "storage", "properties", "journal_mode")["default"] as? String == "wal")
  }

  @Test("Every reference in it leads somewhere")
  func references() throws {
    let root = try schema()
    var seen = 0
    func walk(_ value: Any) throws {
      if let entries = value as? [String: Any] {
        if let reference = entries["$ref"] as? String {
          seen += 1
          var target = root
          for key in reference.split(separator: "/").dropFirst() {
            target = try #require(target[String(key)] as? [String: Any], "\(reference)")
          }
        }
        for child in entries.values { try walk(child) }
      }
      for child in value as? [Any] ?? [] { try walk(child) }
    }
    try walk(root)
    #expect(seen > 100)
  }

  @Test("The matrix takes exactly the scalar settings")
  func matrix() throws {
    let root = try schema()
    let axes = try object(root, "properties", "matrix", "properties")
    #expect(axes["load.keys.count"] != nil)
    #expect(axes["storage.page_size"] != nil)
    #expect(axes["load.mix"] == nil)
    for path in ["disk.sync", "disk.latency.sync", "explore.crashes", "probe", "inject", "copy_by"]
    {
      #expect(axes[path] != nil, "\(path)")
    }
    #expect(axes["disk.claims"] == nil)
    let conditions = try object(root, "$defs", "rule", "properties", "when", "properties")
    #expect(Set(conditions.keys) == Set(axes.keys).union(["library"]))
  }
}
