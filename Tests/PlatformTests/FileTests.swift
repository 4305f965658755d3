import Glibc
import Platform
import Testing

@Suite("Files and folders")
struct FileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A file is read whole up to its limit; one byte more is an error")
  func limit() throws {
    let path = folder.file("bytes")
    for size in [0, 1, 4_095, 4_096, 4_097, 70_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      try ByteFile.replace(path, with: bytes)
      #expect(try ByteFile.read(path, limit: max(size, 1)) == bytes)
      #expect(try ByteFile.read(path, limit: 1 << 20) == bytes)
      guard size > 1 else { continue }
      let error = #expect(throws: PlatformError.self) { try ByteFile.read(path, limit: size - 1) }
      #expect(error?.code == .tooLarge)
    }
  }

  @Test("A file of /proc, whose size reads as 0, is read to its end")
  func proc() throws {
    #expect(try ByteFile.readText("/proc/self/status", limit: 1 << 20).contains("VmHWM"))
  }

  @Test("A missing file, a folder and an unreadable path are told apart")
  func errors() {
    func error(_ path: String) -> PlatformError? {
      #expect(throws: PlatformError.self) { try ByteFile.read(path, limit: 10) }
    }
    #expect(error(folder.file("none"))?.code == .notFound)
    #expect(error(folder.path)?.errorNumber == EISDIR)
    let missing = PlatformError(operation: "open", errorNumber: ENOENT, path: "/a")
    #expect("\(missing)" == "open '/a' failed: No such file or directory (errno 2)")
    #expect(PlatformError(operation: "open", errorNumber: EROFS).code == .notPermitted)
    #expect(PlatformError(operation: "write", errorNumber: EDQUOT).code == .noSpace)
  }

  @Test("Replacing a file leaves the new content and nothing aside")
  func replace() throws {
    let path = folder.file("result.json")
    try ByteFile.replace(path, withText: "old")
    try ByteFile.replace(path, withText: "new")
    #expect(try ByteFile.readText(path, limit: 100) == "new")
    #expect(try Folder.list(folder.path) == ["result.json"])
    #expect(try ByteFile.size(of: path) == 3)
  }

  @Test("Replacing works in a folder whose name has more bytes than characters")
  func replaceBeyondASCII() throws {
    try Folder.create(folder.file("größe"))
    try ByteFile.replace(folder.file("größe/é"), withText: "new")
    #expect(try Folder.list(folder.file("größe")) == ["é"])
  }

  @Test("Replacing that fails changes nothing and leaves nothing aside")
  func replaceFails() throws {
    let path = folder.file("occupied")
    try Folder.create(path + "/inside")
    #expect(throws: PlatformError.self) { try ByteFile.replace(path, withText: "new") }
    #expect(try Folder.list(folder.path) == ["occupied"])
    let error = #expect(throws: PlatformError.self) {
      try ByteFile.replace(folder.file("none/file"), withText: "new")
    }
    #expect(error?.code == .notFound)
  }

  @Test("A write beyond the room there is keeps the old file whole")
  func replaceOnFullDisk() async throws {
    let path = folder.file("result.json")
    try ByteFile.replace(path, withText: "old")
    await #expect(processExitsWith: .success) { [path = path as String] in
      _ = signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1_000, rlim_max: rlim_t.max)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      do throws(PlatformError) {
        try ByteFile.replace(path, with: [UInt8](repeating: 65, count: 5_000))
        preconditionFailure("the limit had no effect")
      } catch {
        precondition(error.code == .noSpace, "\(error)")
      }
    }
    #expect(try ByteFile.readText(path, limit: 100) == "old")
    #expect(try Folder.list(folder.path) == ["result.json"])
  }

  @Test("A copy has the content and the permissions, and overwrites nothing")
  func copy() throws {
    let bytes = [UInt8](repeating: 7, count: 200_000)
    let source = folder.file("source")
    try ByteFile.replace(source, with: bytes)
    #expect(unsafe chmod(source, 0o640) == 0)
    let target = folder.file("target")
    try ByteFile.copy(from: source, to: target)
    #expect(try ByteFile.read(target, limit: 1 << 20) == bytes)
    var status = stat()
    #expect(unsafe stat(target, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o640)
    let error = #expect(throws: PlatformError.self) {
      try ByteFile.copy(from: source, to: target)
    }
    #expect(error?.code == .alreadyExists)
  }

  @Test("A link leads to its target, and one that leads nowhere does not exist")
  func link() throws {
    try ByteFile.replace(folder.file("target"), withText: "here")
    try ByteFile.link(at: folder.file("link"), to: "target")
    try ByteFile.link(at: folder.file("astray"), to: "nowhere")
    #expect(try ByteFile.readText(folder.file("link"), limit: 10) == "here")
    #expect(ByteFile.exists(folder.file("link")))
    #expect(!ByteFile.exists(folder.file("astray")))
  }

  @Test("A folder is created with those above it, twice without an error, never over a file")
  func create() throws {
    let path = folder.file("a/b/c")
    try Folder.create(path)
    try Folder.create(path)
    try Folder.create(path + "/")
    #expect(Folder.isFolder(path))
    try ByteFile.replace(folder.file("file"), withText: "")
    #expect(throws: PlatformError.self) { try Folder.create(folder.file("file")) }
    #expect(throws: PlatformError.self) { try Folder.create(folder.file("file/below")) }
  }

  @Test("Removing takes everything inside, follows no link and forgives what is not there")
  func remove() throws {
    let outside = folder.file("outside")
    try ByteFile.replace(outside, withText: "stays")
    try Folder.create(folder.file("tree/branch"))
    try ByteFile.replace(folder.file("tree/branch/leaf"), withText: "goes")
    try ByteFile.link(at: folder.file("tree/link"), to: "../outside")
    try Folder.remove(folder.file("tree"))
    try Folder.remove(folder.file("tree"))
    #expect(try Folder.list(folder.path) == ["outside"])
    #expect(try ByteFile.readText(outside, limit: 10) == "stays")
  }

  @Test("A listing is sorted by bytes, whatever the language")
  func list() throws {
    for name in ["b", "a", "é", "Z", "a.0010", "a.0002"] {
      try ByteFile.replace(folder.file(name), withText: "")
    }
    #expect(try Folder.list(folder.path) == ["Z", "a", "a.0002", "a.0010", "b", "é"])
    let error = #expect(throws: PlatformError.self) { try Folder.list(folder.file("none")) }
    #expect(error?.code == .notFound)
  }

  @Test("The parent of a path")
  func parent() {
    #expect(Folder.parent(of: "/a/b") == "/a")
    #expect(Folder.parent(of: "/a/b/") == "/a")
    #expect(Folder.parent(of: "/a") == "/")
    #expect(Folder.parent(of: "a/b") == "a")
    #expect(Folder.parent(of: "a") == ".")
    #expect(Folder.parent(of: "/") == nil)
    #expect(Folder.parent(of: "") == nil)
  }
}
