import Glibc
import Platform
import Testing

@Suite("Mapped files")
struct MappedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("What one mapping stores, another one of the same file loads, and so does read(2)")
  func shared() throws {
    let path = folder.file("words")
    let first = try MappedFile(creating: path, byteCount: 8_192, populated: true)
    let second = try MappedFile(opening: path, isWritable: false)
    #expect(second.wordCount == 1_024)
    first.storeReleasing(0x0102, at: 1_023)
    #expect(second.loadAcquiring(1_023) == 0x0102)
    #expect(first.add(3, at: 1_023) == 0x0105)
    #expect(second.load(1_023) == 0x0105)
    #expect(try ByteFile.read(path, limit: 10_000)[8_184] == 5)
    #expect(second.load(0) == 0)
  }

  @Test("A file that exists is not overwritten, one without a whole word is not mapped")
  func refused() throws {
    let path = folder.file("words")
    _ = try MappedFile(creating: path, byteCount: 8)
    var error = #expect(throws: PlatformError.self) {
      try MappedFile(creating: path, byteCount: 8)
    }
    #expect(error?.code == .alreadyExists)
    #expect(error?.path == path)
    error = #expect(throws: PlatformError.self) {
      try MappedFile(opening: folder.file("none"), isWritable: false)
    }
    #expect(error?.code == .notFound)
    #expect(unsafe truncate(path, 7) == 0)
    error = #expect(throws: PlatformError.self) { try MappedFile(opening: path, isWritable: true) }
    #expect(error?.code == .badFormat)
  }

  @Test("A full disk is an error when the file is created, and the file is gone")
  func full() throws {
    // A tmpfs refuses at once what is larger than itself; one without a limit proves nothing.
    var status = statvfs()
    guard unsafe statvfs("/dev/shm", &status) == 0, status.f_blocks > 0 else { return }
    let folder = try TemporaryFolder("/dev/shm")
    let size = Int(status.f_blocks * status.f_frsize) + (1 << 20)
    let error = #expect(throws: PlatformError.self) {
      try MappedFile(creating: folder.file("huge"), byteCount: size)
    }
    #expect(error?.code == .noSpace)
    #expect(error?.operation == "posix_fallocate")
    #expect(error?.errorNumber == ENOSPC)
    #expect(try Folder.list(folder.path) == [])
  }
}
