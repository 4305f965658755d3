import AssayModel
import AssayStorage
import Glibc
import Testing

@testable import Workloads

/// Which keys are asked for, and what names a write.
@Suite("Choices")
struct ChoiceTests {
  private static let largestUnit = 1.0.nextDown

  @Test("Every rank and every number lies in range", arguments: [1, 2, 3, 7, 1_000, 100_000])
  func zipfianStaysInRange(count: Int) {
    let zipfian = Zipfian(count: count)
    var generator = SeededGenerator(Seed(3))
    let units =
      [0, 0.5.nextDown, 0.5, Self.largestUnit] + (0..<5_000).map { _ in generator.unit() }
    for unit in units {
      let rank = zipfian.rank(unit)
      #expect((0..<count).contains(rank), "rank \(rank) of \(count) for \(unit); seed 3")
      #expect((0..<count).contains(zipfian.scattered(rank)))
    }
  }

  @Test("The two hottest ranks are as frequent as the theory says, the next ones within a fifth")
  func zipfianFrequencies() {
    let (count, draws) = (1_000, 200_000)
    let zipfian = Zipfian(count: count)
    var generator = SeededGenerator(Seed(11))
    var found = [Int](repeating: 0, count: count)
    for _ in 0..<draws { found[zipfian.rank(generator.unit())] += 1 }
    let weights = (1...count).map { weight(ofRank: $0) }
    let total = weights.reduce(0, +)
    for rank in 0..<20 {
      let share = weights[rank] / total
      let expected = share * Double(draws)
      let deviation = (expected * (1 - share)).squareRoot()
      // Beyond the second rank the method is an approximation.
      let tolerance = 4 * deviation + (rank < 2 ? 0 : 0.2 * expected)
      #expect(
        abs(Double(found[rank]) - expected) < tolerance,
        "rank \(rank): \(found[rank]) instead of \(expected); seed 11")
    }
  }

  @Test("Of two numbers the hotter one has its exact share, of one number it is all")
  func smallestZipfians() {
    var generator = SeededGenerator(Seed(12))
    let two = Zipfian(count: 2)
    let hot = (0..<20_000).count { _ in two.rank(generator.unit()) == 0 }
    let share = 1 / (1 + weight(ofRank: 2))
    #expect(abs(Double(hot) / 20_000 - share) < 4 * (share * (1 - share) / 20_000).squareRoot())
    #expect(two.rank(Self.largestUnit) == 1)
    let one = Zipfian(count: 1)
    #expect((0..<100).allSatisfy { _ in one.scattered(one.rank(generator.unit())) == 0 })
  }

  /// Counted from 1.
  private func weight(ofRank rank: Int) -> Double { 1 / pow(Double(rank), 0.99) }

  @Test("Hot ranks are scattered: the ten hottest keys of a thousand are not neighbours")
  func hotKeysAreApart() {
    let zipfian = Zipfian(count: 1_000)
    let hot = (0..<10).map { zipfian.scattered($0) }.sorted()
    #expect(Set(hot).count == 10, "\(hot)")
    #expect(zip(hot, hot.dropFirst()).allSatisfy { $1 - $0 > 1 }, "\(hot)")
  }

  @Test("A uniform choice gives every key its share")
  func uniformShares() {
    let chooser = KeyChooser(count: 10, distribution: .uniform)
    var generator = SeededGenerator(Seed(4))
    var found = [Int](repeating: 0, count: 10)
    for _ in 0..<20_000 { found[chooser.next(&generator)] += 1 }
    // 4.5 sigma of 20,000 draws at 1 in 10.
    for count in found { #expect(abs(count - 2_000) < 190, "\(found); seed 4") }
  }

  @Test("A zipfian choice asks for its hottest key by far most often")
  func zipfianChoice() {
    let chooser = KeyChooser(count: 1_000, distribution: .zipfian)
    var generator = SeededGenerator(Seed(4))
    var found = [Int](repeating: 0, count: 1_000)
    for _ in 0..<20_000 { found[chooser.next(&generator)] += 1 }
    let hottest = Zipfian(count: 1_000).scattered(0)
    #expect(found[hottest] == found.max())
    #expect(found[hottest] > 2_000, "of 20,000 draws over 1,000 keys; seed 4")
  }

  @Test("No two writes of a run have the same nonce, and none has that of an initial value")
  func noncesAreUnique() {
    var nonces = Set((0..<1_000).map(Nonce.initial(key:)))
    #expect(!nonces.contains(0))
    var count = nonces.count
    // 256 processes are the most that a scenario may have; the harness's own one comes after.
    for process in [0, 1, 255, 256] {
      for incarnation in [0, 1, 1_023] {
        for number in [0, 1, 4_095] {
          let actor = ActorID(process: process, incarnation: incarnation, actor: number)
          for sequence: UInt32 in [0, 1, .max] {
            nonces.insert(Nonce.write(actor, sequence: sequence))
            count += 1
          }
        }
      }
    }
    #expect(nonces.count == count)
  }

  @Test("The text of a key sorts as its number does, and is read back as it")
  func keysAsText() {
    var text = KeyText()
    let numbers = [0, 1, 9, 10, 99_999, 100_000, 12_345_678, 99_999_999]
    let texts = numbers.map { text.text(of: $0) }
    #expect(texts == texts.sorted())
    #expect(texts.first == "key/00000000" && texts.last == "key/99999999")
    // A scenario may have a billion keys.
    for number in numbers + [100_000_000, 999_999_999] {
      #expect(KeyText.number(text.text(of: number)) == number)
      var cache = KeyCache(count: 100)
      for _ in 0..<2 { #expect(cache.key(number).text == text.text(of: number)) }
    }
    #expect(text.text(of: 42) == "key/00000042")
    #expect(KeyText.number("kez/00000042") == nil && KeyText.number("key/a") == nil)
    for foreign in ["key/42", "key/-0000042", "key/+0000042", "key/000000042", "key/0000004٢"] {
      #expect(KeyText.number(foreign) == nil, "\(foreign)")
    }
  }

  @Test("Another nonce changes every 512 bytes of a value, so that no page of it is left alone")
  func nonceChangesEveryPage() {
    var first = [UInt8](repeating: 0x79, count: 10_000)
    var second = first
    writeNonce(0x0102_0304_0506_0708, into: &first)
    writeNonce(0x1112_1314_1516_1718, into: &second)
    for start in stride(from: 0, to: 9_488, by: 100) {
      #expect(first[start..<start + 512] != second[start..<start + 512], "from \(start)")
    }
  }

  @Test("A nonce that was written into a value is read back from it", arguments: [16, 17, 4_096])
  func nonceSurvivesTheValue(size: Int) {
    for nonce: UInt64 in [0, 1, 0x0102_0304_0506_0708, .max] {
      var value = [UInt8](repeating: 0x79, count: size)
      writeNonce(nonce, into: &value)
      #expect(value.count == size)
      #expect(readNonce(value.span) == nonce)
      let short = Array(value[..<7])
      #expect(readNonce(short.span) == 0)
    }
  }
}
