import Glibc
import Platform
import Testing

@Suite("Files of records")
struct RecordFileTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("records")
  }

  private func write(_ count: Int, words: Int = 3, closed: Bool = true) throws {
    let writer = try BufferedRecordWriter(path: path, wordsPerRecord: words, tag: 5)
    for number in 0..<count {
      let n = UInt64(number)
      try writer.append(RecordWords(n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7))
    }
    if closed { try writer.close() }
  }

  private func detail(tag: UInt64 = 5) -> String {
    do {
      _ = try BufferedRecordReader(path: path, tag: tag)
      return "no error"
    } catch {
      return error.code == .badFormat ? error.detail : "\(error)"
    }
  }

  @Test("Records of one to eight words come back in order, the words behind them as 0")
  func roundTrip() throws {
    for words in 1...8 {
      try write(20_000, words: words)
      let reader = try BufferedRecordReader(path: path, tag: 5)
      #expect(reader.count == 20_000)
      #expect(reader.wordsPerRecord == words)
      var number: UInt64 = 0
      var wrong = 0
      while let record = try reader.next() {
        let expected = (0..<8).map { $0 < words ? number + UInt64($0) : 0 }
        let found = [
          record.w0, record.w1, record.w2, record.w3, record.w4, record.w5, record.w6, record.w7,
        ]
        if found != expected { wrong += 1 }
        number += 1
      }
      #expect(wrong == 0)
      #expect(number == 20_000)
      #expect(reader.position == 20_000)
      #expect(try reader.next() == nil)
      try Folder.remove(path)
    }
  }

  @Test("An empty file of records has none")
  func empty() throws {
    try write(0)
    #expect(try BufferedRecordReader(path: path, tag: 5).next() == nil)
  }

  @Test("A file that its writer did not close is refused")
  func unfinished() throws {
    try write(10_000, closed: false)
    #expect(detail() == "its writer has not closed it")
  }

  @Test("A file of another tag, length or format is refused by name, and none is overwritten")
  func refused() throws {
    #expect(detail().contains("No such file"))
    try write(10)
    #expect(detail(tag: 6) == "tag 5, expected 6")
    let error = #expect(throws: PlatformError.self) { try write(1) }
    #expect(error?.code == .alreadyExists)
    #expect(unsafe truncate(path, 100) == 0)
    #expect(detail() == "10 records of 3 words do not make 36 bytes")
    try ByteFile.replace(path, with: [UInt8](repeating: 1, count: 64))
    #expect(detail() == "not a record file of version 1 (first word 101010101010101)")
    #expect(unsafe truncate(path, 63) == 0)
    #expect(detail() == "shorter than its header")
  }

  @Test("A full disk is an error of append that stays, and the file is refused afterwards")
  func full() async throws {
    await #expect(processExitsWith: .success) { [path = path as String] in
      _ = signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: rlim_t.max)
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let writer = try BufferedRecordWriter(path: path, wordsPerRecord: 4, tag: 5)
      var failure: PlatformError?
      var appended = 0
      while failure == nil {
        do throws(PlatformError) {
          try writer.append(RecordWords(1, 2, 3, 4))
          appended += 1
        } catch {
          failure = error
        }
      }
      precondition(failure?.code == .noSpace && failure?.operation == "write", "\(failure as Any)")
      precondition(appended >= 32_766, "\(appended)")
      do throws(PlatformError) {
        try writer.close()
        preconditionFailure("closed a broken file")
      } catch {
        precondition(error == failure, "\(error)")
      }
    }
    #expect(detail() == "its writer has not closed it")
  }
}
