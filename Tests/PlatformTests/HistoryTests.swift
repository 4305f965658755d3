import AssayModel
import Glibc
import Platform
import Synchronization
import Testing

@Suite("Histories in mapped memory")
struct HistoryTests {
  let folder: TemporaryFolder
  let path: String
  /// 3 slots, then 15, then 31 in each.
  let small = HistoryWriter.Sizes(first: 256, largest: 2_048)

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("p0i0a3")
  }

  private func writer(_ sizes: HistoryWriter.Sizes? = nil) throws -> HistoryWriter {
    try HistoryWriter(path: path, metadata: HistoryMetadata(7, 8, 9), sizes: sizes ?? small)
  }

  private func append(_ number: UInt64, to writer: HistoryWriter) throws -> HistorySlot {
    try writer.append(1, number, 2, 3, 4, 5, 6, ~number)
  }

  private func rest(of reader: HistoryReader) throws -> [RecordWords] {
    var all: [RecordWords] = []
    while let words = try reader.next() { all.append(words) }
    return all
  }

  @Test("A reader gets the words, the metadata and the order of the writer, over many segments")
  func roundTrip() throws {
    let writer = try writer()
    for number in 0..<200 { _ = try append(UInt64(number), to: writer) }
    #expect(writer.count == 200)
    let reader = try HistoryReader(path: path)
    #expect(reader.metadata == HistoryMetadata(7, 8, 9))
    let words = try rest(of: reader)
    #expect(words == (0..<200).map { RecordWords(1, $0, 2, 3, 4, 5, 6, ~$0) })
    #expect(reader.position == 200)
    #expect(try Folder.list(folder.path).count > 6)
  }

  @Test("A completion replaces the given words and the state, and leaves the others")
  func completion() throws {
    let writer = try writer()
    let slot = try append(10, to: writer)
    try writer.complete(slot, w0: 2, w3: 33, w7: 77)
    let words = try HistoryReader(path: path).next()
    #expect(words == RecordWords(2, 10, 2, 33, 4, 5, 6, 77))
  }

  @Test("A slot of any earlier segment can still be completed")
  func lateCompletion() throws {
    let writer = try writer()
    let slots = try (0..<100).map { try append(UInt64($0), to: writer) }
    for (number, slot) in slots.enumerated() where number % 7 == 0 {
      try writer.complete(slot, w0: 3, w2: UInt64(number))
    }
    let words = try rest(of: HistoryReader(path: path))
    for (number, word) in words.enumerated() {
      let completed = RecordWords(3, UInt64(number), UInt64(number), 3, 4, 5, 6, ~UInt64(number))
      let open = RecordWords(1, UInt64(number), 2, 3, 4, 5, 6, ~UInt64(number))
      #expect(word == (number % 7 == 0 ? completed : open))
    }
  }

  @Test("A reader at the end goes on when more is appended")
  func follows() throws {
    let writer = try writer()
    let reader = try HistoryReader(path: path)
    for number in 0..<120 {
      #expect(try reader.next() == nil)
      _ = try append(UInt64(number), to: writer)
      #expect(try reader.next()?.w1 == UInt64(number))
    }
    #expect(try reader.next() == nil)
  }

  @Test("Closing cuts the last segment to its slots and leaves no prepared one")
  func close() throws {
    let writer = try writer()
    for number in 0..<12 { _ = try append(UInt64(number), to: writer) }
    writer.prepareIfNeeded()
    #expect(try Folder.list(folder.path).count == 3)
    try writer.close()
    try writer.close()
    #expect(try Folder.list(folder.path) == ["p0i0a3.0000", "p0i0a3.0001"])
    #expect(try ByteFile.read(path + ".0001", limit: 10_000).count == 64 * 10)
    #expect(try rest(of: HistoryReader(path: path)).count == 12)
  }

  @Test("A preparer's segments hold what was appended, and closing leaves none of them unused")
  func preparer() throws {
    let preparer = try HistoryPreparer()
    let writers = try (0..<4).map { number in
      try HistoryWriter(
        path: folder.file("w\(number)"), metadata: HistoryMetadata(), sizes: small,
        preparer: preparer)
    }
    for number in 0..<500 {
      for writer in writers { _ = try append(UInt64(number), to: writer) }
    }
    for writer in writers { try writer.close() }
    for number in 0..<4 {
      let words = try rest(of: HistoryReader(path: folder.file("w\(number)")))
      #expect(words.map(\.w1) == (0..<500).map { UInt64($0) })
    }
    for name in try Folder.list(folder.path) {
      #expect(try ByteFile.read(folder.file(name), limit: 10_000).count > 64, "\(name)")
    }
  }

  @Test("The latest slots are the last ones, oldest first, also across segments")
  func latest() throws {
    let writer = try writer()
    let reader = try HistoryReader(path: path)
    #expect(try reader.latest(5) == [])
    for number in 0..<100 {
      _ = try append(UInt64(number), to: writer)
      let latest = try reader.latest(5).map(\.w1)
      #expect(latest == (max(0, number - 4)...number).map { UInt64($0) })
    }
    #expect(try reader.latest(60).map(\.w1) == (40..<100).map { UInt64($0) })
    #expect(try reader.latest(1_000).count == 100)
    #expect(try reader.latest(0) == [])
    #expect(reader.position == 0)
  }

  @Test("While another thread writes, no slot is missed, torn or out of order")
  func live() throws {
    let total: UInt64 = 200_000
    let writer = try writer(HistoryWriter.Sizes(first: 4_096, largest: 65_536))
    let thread = try SystemThread.start(name: "writer") {
      for number in 0..<total {
        // Completed or not, words 1 and 7 must fit together, and word 3 the state.
        guard let slot = try? writer.append(1, number, 0, 0, 0, 0, 0, ~number) else { return }
        try? writer.complete(slot, w0: 2, w3: number + 1)
      }
    }
    let reader = try HistoryReader(path: path)
    var expected: UInt64 = 0
    var broken = 0
    while expected < total {
      for words in try reader.latest(4) where words.w0 == 2 && words.w3 != words.w1 + 1 {
        broken += 1
      }
      while let words = try reader.next() {
        if words.w1 != expected || words.w7 != ~expected { broken += 1 }
        expected += 1
      }
    }
    thread.join()
    #expect(broken == 0)
    #expect(writer.count == total)
  }

  @Test("Every slot that was published before SIGKILL is there, and none is torn")
  func killed() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let preparer = try HistoryPreparer()
      let writer = try HistoryWriter(
        path: path, metadata: HistoryMetadata(1, 2, 3),
        sizes: HistoryWriter.Sizes(first: 4_096, largest: 65_536), preparer: preparer)
      let killer = try SystemThread.start(name: "killer") {
        guard let reader = try? HistoryReader(path: path) else { return }
        while reader.position < 100_000 { _ = try? reader.next() }
        kill(getpid(), SIGKILL)
      }
      var number: UInt64 = 0
      while true {
        let slot = try writer.append(1, number, 0, 0, 0, 0, 0, ~number)
        try writer.complete(slot, w0: 2, w3: number + 1)
        number += 1
        if number == .max { killer.join() }
      }
    }
    let words = try rest(of: HistoryReader(path: path))
    #expect(words.count >= 100_000)
    let whole = words.enumerated().allSatisfy { number, words in
      words.w1 == UInt64(number) && words.w7 == ~UInt64(number)
        && (words.w0 == 1 || words.w3 == UInt64(number) + 1)
    }
    #expect(whole)
    #expect(words.dropLast().allSatisfy { $0.w0 == 2 })
  }
}
