import Glibc
import Platform
import Testing

@Suite("Damaged and refused histories")
struct HistoryDamageTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("h")
  }

  /// A history of ten slots in one segment, left as a killed writer leaves it.
  private func tenSlots() throws -> MappedFile {
    let writer = try HistoryWriter(
      path: path, metadata: HistoryMetadata(),
      sizes: HistoryWriter.Sizes(first: 2_048, largest: 2_048))
    for number in 0..<10 { try writer.append(1, UInt64(number), 0, 0, 0, 0, 0, 0) }
    return try MappedFile(opening: path + ".0000", isWritable: true)
  }

  private func readAll() throws -> Int {
    let reader = try HistoryReader(path: path)
    var count = 0
    while try reader.next() != nil { count += 1 }
    return count
  }

  private func detail(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch let error as PlatformError {
      return error.code == .badFormat ? error.detail : "\(error)"
    } catch {
      return "\(error)"
    }
  }

  @Test("An empty last slot ends the history until it is written")
  func tornEnd() throws {
    let file = try tenSlots()
    file.store(0, at: 10 * 8)
    let reader = try HistoryReader(path: path)
    for number in 0..<9 { #expect(try reader.next()?.w1 == UInt64(number)) }
    #expect(try reader.next() == nil)
    #expect(reader.position == 9)
    #expect(try reader.latest(3).count == 2)
    file.store(1, at: 10 * 8)
    #expect(try reader.next()?.w1 == 9)
    #expect(try reader.next() == nil)
  }

  @Test("An empty slot before others is an error")
  func tornMiddle() throws {
    let file = try tenSlots()
    file.store(0, at: 5 * 8)
    #expect(detail { _ = try readAll() } == "slot 4 is empty, but a later one is not")
  }

  @Test("A count beyond the end of the file is an error")
  func countTooLarge() throws {
    let file = try tenSlots()
    file.store(500, at: 3)
    let expected = "500 slots are published, but the file ends before slot 500"
    #expect(detail { _ = try readAll() } == expected)
    file.store(.max, at: 3)
    #expect(detail { _ = try readAll() }.contains("the header holds count"))
  }

  @Test("Another magic, version, index or base is named in the error")
  func header() throws {
    let file = try tenSlots()
    let magic = file.load(0)
    file.store(magic + 1, at: 0)
    #expect(detail { _ = try readAll() } == "format version 2, this program reads version 1")
    file.store(0x1234, at: 0)
    #expect(detail { _ = try readAll() } == "not a history segment (first word 1234)")
    file.store(magic, at: 0)
    file.store(3, at: 1)
    #expect(detail { _ = try readAll() } == "says it is segment 3, not 0")
    file.store(0, at: 1)
    file.store(77, at: 2)
    #expect(detail { _ = try readAll() } == "begins at slot 77, expected 0")
  }

  @Test("A header that was never finished reads as an empty history, a missing file is an error")
  func unfinished() throws {
    #expect(throws: PlatformError.self) { try HistoryReader(path: path) }
    let file = try MappedFile(creating: path + ".0000", byteCount: 256)
    let reader = try HistoryReader(path: path)
    #expect(try reader.next() == nil)
    #expect(try reader.latest(1) == [])
    #expect(reader.metadata == nil)
    #expect(file.wordCount == 32)
  }

  @Test("A history is never written over another one")
  func exists() throws {
    _ = try tenSlots()
    let error = #expect(throws: PlatformError.self) { _ = try tenSlots() }
    #expect(error?.code == .alreadyExists)
    #expect(try readAll() == 10)
  }

  @Test("A file size limit is an error of append, nothing is half published, and it can go on")
  func full() async throws {
    await #expect(processExitsWith: .success) { [path = path as String] in
      // What a full disk does, made of RLIMIT_FSIZE: posix_fallocate refuses with EFBIG.
      _ = signal(SIGXFSZ, SIG_IGN)
      let preparer = try HistoryPreparer()
      for (name, preparer) in [("aside", preparer), ("inline", nil)] {
        var limit = rlimit(rlim_cur: 4_096, rlim_max: rlim_t.max)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        let writer = try HistoryWriter(
          path: path + name, metadata: HistoryMetadata(),
          sizes: HistoryWriter.Sizes(first: 2_048, largest: 8_192), preparer: preparer)
        var code: PlatformError.Code?
        while code == nil {
          do throws(PlatformError) {
            try writer.append(1, 0, 0, 0, 0, 0, 0, 0)
          } catch {
            code = error.code
          }
        }
        precondition(code == .noSpace && writer.count == 31, "\(name) \(writer.count)")
        limit.rlim_cur = rlim_t.max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        try writer.append(1, 0, 0, 0, 0, 0, 0, 0)
        try writer.close()
        let reader = try HistoryReader(path: path + name)
        var count = 0
        while try reader.next() != nil { count += 1 }
        precondition(count == 32, "\(name) \(count)")
      }
    }
  }
}
