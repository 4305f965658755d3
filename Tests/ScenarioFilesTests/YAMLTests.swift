import AssayModel
import Foundation
import ScenarioFiles
import Testing

@Suite("YAML's traps")
struct YAMLTests {
  @Test("off is a word and not false, on every key that knows it")
  func off() throws {
    let cell = try Sample.cell("storage: { journal_mode: off, synchronous: OFF }")
    #expect(cell.storage.journalMode == .off)
    #expect(cell.storage.synchronous == .off)
    let plan = try Sample.plan(
      "matrix: { storage.journal_mode: [off, wal] }\n"
        + "expect: { durability: "
        + "[{ is: may_violate, when: { storage.journal_mode: off } }, valid] }"
    )
    #expect(plan.cells.map(\.id) == ["storage.journal_mode=off", "storage.journal_mode=wal"])
    #expect(plan.cells[0].expectations[0].rules.map(\.requirement) == [.mayViolate, .valid])
    #expect(plan.cells[1].expectations[0].rules.map(\.requirement) == [.valid])
  }

  @Test("Numbers, times and dates stay the text that was written")
  func text() throws {
    for text in ["22:30", "0x10", "1e3", "2026-01-01", "yes", "~", "null", ".inf", "010"] {
      let file = "name: sample\nquestion: \(text)\nload: { workload: kv }\n"
      #expect(try ScenarioFile(text: file, name: "s").scenario().question == text)
    }
  }

  @Test("Booleans may be written in YAML's ways, quoted or not")
  func booleans() throws {
    for text in ["false", "off", "no", "False", "'false'"] {
      #expect(try Sample.cell("locks: { fencing: \(text) }").locks.fencing == false)
    }
  }

  @Test("A repeated key is an error with its place, in block and in flow mappings")
  func repeatedKeys() {
    #expect(
      Sample.errors("storage:\n  synchronous: full\n  busy: none\n  synchronous: off\n") == [
        "s.yaml:5:3: synchronous: repeated key 'synchronous'; allowed: each key once"
      ])
    #expect(
      Sample.errors("locks: { ttl: 1s, ttl: 2s }").first?.contains("repeated key 'ttl'") == true)
    #expect(Sample.errors("locks: {}\nlocks: {}").first?.contains("repeated key 'locks'") == true)
  }

  @Test("Merge keys, several documents and key mappings are not part of the format")
  func unsupported() {
    #expect(
      Sample.errors("locks: &a { ttl: 1s }\nstorage: { <<: *a }").first?
        .contains("unknown key '<<'") == true)
    #expect(
      Sample.errors("---\nname: other\n") == [
        "s.yaml:4:1: not a scenario in YAML: but found another document; "
          + "allowed: one mapping of sections such as 'storage:' and 'load:'"
      ])
    #expect(
      Sample.errors("? [a, b]\n: c\n") == [
        "s.yaml:4:3: not a scenario in YAML: a key that is a list or a mapping; "
          + "allowed: keys that are words"
      ])
    #expect(
      Sample.errors(in: "- a\n- b\n").first?.hasPrefix("s.yaml:1:1: found a list; allowed: a map")
        == true)
  }

  @Test("An alias is its value; a few are allowed")
  func aliases() throws {
    let plan = try Sample.plan("matrix: { locks.ttl: &v [1s, 2s], locks.poll: *v }")
    #expect(plan.cells.count == 4)
  }

  @Test("Text that is no YAML is an error with its place")
  func syntax() {
    #expect(
      Sample.errors("storage: { readers: 4") == [
        "s.yaml:5:1: not a scenario in YAML: did not find expected ',' or '}'; "
          + "allowed: one mapping of sections such as 'storage:' and 'load:'"
      ])
    #expect(Sample.errors("storage: *nobody").count == 1)
    #expect(Sample.errors("\ttabs: 1").count == 1)
    #expect(Sample.errors("a: \"\\q\"").count == 1)
    #expect(Sample.errors("a: \u{1}").count == 1)
  }

  @Test("Text that grows without end is refused", .timeLimit(.minutes(1)))
  func bombs() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let before = Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(before)]\n"
    }
    #expect(
      Sample.errors(bomb) == [
        "s.yaml: not a scenario in YAML: 72 aliases; allowed: at most 8"
      ])
    var narrow = "a0: &a0 [\(Array(repeating: "x", count: 9_000).joined(separator: ", "))]\n"
    for level in 1...2 {
      narrow += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
    }
    #expect(Sample.errors(narrow).first?.contains("more than 50000 values") == true)
    for open in ["[", "{a: ", "- ", "? "] {
      let deep = Sample.errors(in: String(repeating: open, count: 50_000))
      #expect(deep.count == 1, "\(open)")
      #expect(deep.first?.contains("nested too deeply") == true, "\(open)")
    }
    let nested = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(Sample.errors("a: \(nested)").first?.contains("nested deeper than 24") == true)
  }
}

@Suite("Files that are no scenario")
struct FileTests {
  /// Runs `body` with a path for a file in a folder of its own.
  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-scenario-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "s.yaml").path)
  }

  private func message(_ path: String) -> String? {
    do throws(ScenarioErrors) {
      _ = try ScenarioFile.load(path: path)
      return nil
    } catch {
      return error.description.replacing(path, with: "FILE")
    }
  }

  private let allowed = "; allowed: a YAML text file of at most 1 MiB"

  @Test("A missing file and a folder are named")
  func places() throws {
    try withFile { path in
      #expect(message(path) == "FILE: found no such file" + allowed)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      #expect(message(path) == "FILE: found a folder" + allowed)
    }
  }

  @Test("An empty file and one with comments only are called empty", arguments: ["", "\n# x\n"])
  func empty(_ text: String) throws {
    try withFile { path in
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(message(path) == "FILE: found an empty file" + allowed)
    }
  }

  @Test(
    "A binary file is called binary",
    arguments: [[0x00, 0x01], [0xff, 0xfe, 0x6e], [0x6e, 0x00], [0x53, 0x51, 0x4c, 0x80]])
  func binary(_ bytes: [UInt8]) throws {
    try withFile { path in
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(message(path) == "FILE: found a binary file" + allowed)
    }
  }

  @Test("100 MB are refused after reading 1 MiB of them")
  func large() throws {
    try withFile { path in
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: 100_000_000)
      try handle.close()
      let clock = ContinuousClock()
      let time = clock.measure {
        #expect(message(path) == "FILE: found more than 1048576 bytes" + allowed)
      }
      #expect(time < .seconds(5))
    }
  }

  @Test("A scenario in a file is read as its text is, behind a link too")
  func good() throws {
    try withFile { path in
      try Data(Sample.text().utf8).write(to: URL(fileURLWithPath: path))
      let link = path + ".link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      #expect(try ScenarioFile.load(path: link).scenario().name == "sample")
    }
  }
}
