import AssayModel
import Testing

@testable import ScenarioFiles

@Suite("A database that is named by a URI")
struct DatabaseURITests {
  private static func storage(_ uri: String, _ further: String = "") throws -> StorageSettings {
    try Sample.cell("storage: { path: \"\(uri)\"\(further) }").storage
  }

  @Test(
    "The path is that of the file, with escapes resolved",
    arguments: [
      ("file:app.db", "app.db"), ("file:/var/app.db", "/var/app.db"),
      ("file:///var/app.db?psow=0", "/var/app.db"),
      ("file://localhost/var/my%20app.db#part", "/var/my app.db"),
    ])
  func path(_ uri: String, _ path: String) throws {
    #expect(try Self.storage(uri).path == path)
  }

  @Test("What SQLite does anyway is left out, what differs opens every connection")
  func parameters() throws {
    func parameters(_ uri: String) throws -> [String]? {
      try Self.storage(uri, ", journal_mode: delete").uriParameters?
        .map { "\($0.name)=\($0.value)" }
    }
    #expect(
      try parameters("file:app.db?cache=private&mode=rwc&immutable=0&nolock=off&vfs=unix") == nil)
    #expect(try parameters("file:app.db?cache=shared&mode=rw") == ["cache=shared"])
    #expect(try parameters("file:app.db?nolock=1&psow=no") == ["nolock=1", "psow=0"])
    let dotfile = try Self.storage("file:app.db?vfs=unix-dotfile", ", journal_mode: delete")
    #expect(dotfile.vfs == .unixDotfile)
    #expect(try Self.storage("plain?cache=shared").path == "plain?cache=shared")
  }

  @Test(
    "What cannot be honoured is refused by its name and place",
    arguments: [
      ("file:app.db?mode=ro", "mode=ro"), ("file:app.db?mode=memory", "mode=memory"),
      ("file:app.db?immutable=1", "immutable=1 is out of range"),
      ("file:app.db?cahce=shared", "did you mean 'cache'?"),
      ("file:app.db?cache=shraed", "did you mean 'cache=shared'?"),
      ("file:app.db?vfs=unix-excl", "vfs=unix-excl"), ("file:app.db?key=x", "the parameter 'key'"),
      ("file:app.db?nolock=maybe", "nolock=maybe"), ("file::memory:?cache=shared", "in memory"),
      ("file://server/app.db", "the authority 'server'"), ("file:a%2", "the escape '%2'"),
      ("file:?cache=shared", "a URI without a path"),
      ("file:app.db?nolock=1", "'wal' with nolock=1 in storage.path"),
    ])
  func refused(_ uri: String, _ words: String) {
    let errors = Sample.errors("storage: { path: \"\(uri)\" }")
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.hasPrefix("s.yaml:4:") == true, "\(errors)")
    #expect(errors.first?.contains(words) == true, "\(errors)")
  }

  @Test("A URI and storage.vfs must not name two layers")
  func layers() {
    let errors = Sample.errors(
      "storage: { path: \"file:app.db?vfs=unix-none\", vfs: unix-dotfile }")
    #expect(errors.count == 1)
    #expect(errors.first?.contains("another vfs than storage.vfs") == true, "\(errors)")
  }
}
