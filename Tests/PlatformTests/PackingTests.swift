import Foundation
import Testing

@testable import Platform

@Suite("Packed histories and record files")
struct PackingTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("p0i0a3")
  }

  /// Events as actors leave them, and words of any size between.
  private static let records: [RecordWords] = {
    var time: UInt64 = 3_396_626_900_281
    var seed: UInt64 = 7
    return (0..<20_000).map { number in
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let start = time
      time += 12_000 + seed >> 54
      let isOdd = number % 97 == 0
      return RecordWords(
        isOdd ? UInt64.max : 463_106, start, isOdd ? 0 : start, time, UInt64(number % 13), 100_000,
        isOdd ? seed : 0, isOdd ? UInt64.max : 0)
    }
  }()

  private func write(_ count: Int) throws {
    let writer = try HistoryWriter(
      path: path, metadata: HistoryMetadata(7, 8, 9),
      sizes: HistoryWriter.Sizes(first: 4_096, largest: 65_536))
    for record in Self.records.prefix(count) {
      try writer.append(
        record.w0, record.w1, record.w2, record.w3, record.w4, record.w5, record.w6, record.w7)
    }
  }

  private func all(_ reader: HistoryReader) throws -> [RecordWords] {
    var words: [RecordWords] = []
    while let record = try reader.next() { words.append(record) }
    return words
  }

  @Test("A packed history reads as before, in a seventh of the room", arguments: [0, 1, 20_000])
  func history(count: Int) throws {
    try write(count)
    try Packing.pack(folder: folder.path)
    #expect(try Folder.list(folder.path) == ["p0i0a3.packed"])
    let reader = try HistoryReader(path: path)
    #expect(reader.metadata == HistoryMetadata(7, 8, 9))
    #expect(try all(reader) == Array(Self.records.prefix(count)))
    #expect(reader.position == UInt64(count))
    #expect(try reader.next() == nil)
    #expect(try HistoryReader(path: path).latest(5) == Array(Self.records.prefix(count).suffix(5)))
    #expect(HistoryReader.exists(path: path))
    let size = try ByteFile.size(of: path + ".packed")
    #expect(size < 128 + Int64(count) * 64 / 7)
  }

  @Test("Packing again, after it was cut short between its two steps, finishes it")
  func interrupted() throws {
    try write(500)
    let copies = try Folder.list(folder.path)
    for name in copies {
      try ByteFile.copy(from: folder.file(name), to: folder.file("copy-" + name))
    }
    try Packing.pack(history: path)
    for name in copies {
      try ByteFile.copy(from: folder.file("copy-" + name), to: folder.file(name))
    }
    #expect(try all(HistoryReader(path: path)).count == 500)
    try Packing.pack(history: path)
    #expect(!ByteFile.exists(path + ".0000"))
    #expect(try all(HistoryReader(path: path)).count == 500)
  }

  @Test("A file of records keeps its name, its tag and its records")
  func recordFile() throws {
    let file = folder.file("content.rows")
    let writer = try BufferedRecordWriter(path: file, wordsPerRecord: 5, tag: 42)
    for number in 0..<5_000 {
      try writer.append(RecordWords(UInt64(number), 1 << 63, 3, 4, UInt64(number * number)))
    }
    try writer.close()
    let before = try ByteFile.size(of: file)
    try Packing.pack(folder: folder.path)
    #expect(try ByteFile.size(of: file) * 5 < before)
    let reader = try BufferedRecordReader(path: file, tag: 42)
    #expect(reader.count == 5_000 && reader.wordsPerRecord == 5)
    for number in 0..<5_000 {
      let expected = RecordWords(UInt64(number), 1 << 63, 3, 4, UInt64(number * number))
      #expect(try reader.next() == expected)
    }
    #expect(try reader.next() == nil)
    #expect(throws: PlatformError.self) { try BufferedRecordReader(path: file, tag: 43) }
    try Packing.pack(records: file)
  }

  @Test("A byte that was changed, cut off or added anywhere is noticed")
  func damage() throws {
    try write(300)
    try Packing.pack(history: path)
    let file = URL(fileURLWithPath: path + ".packed")
    let sound = try Data(contentsOf: file)
    for place in [0, 8, 16, 24, 64, 65, sound.count / 2, sound.count - 1] {
      var damaged = sound
      damaged[place] ^= 0x40
      try damaged.write(to: file)
      #expect(throws: PlatformError.self, "byte \(place)") {
        try all(HistoryReader(path: path))
      }
    }
    try sound.dropLast().write(to: file)
    #expect(throws: PlatformError.self) { try all(HistoryReader(path: path)) }
    try (sound + [0]).write(to: file)
    #expect(throws: PlatformError.self) { try all(HistoryReader(path: path)) }
  }
}
