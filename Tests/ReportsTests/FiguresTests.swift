import Testing

@testable import Reports

@Suite("Figures")
struct FiguresTests {
  @Test(
    "A span has three significant digits in the unit that fits",
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_000, "1.00 us"), (12_345, "12.3 us"), (123_456, "123 us"),
      (999_499, "999 us"), (999_500, "1.00 ms"), (9_994_999, "9.99 ms"), (9_995_000, "10.0 ms"),
      (99_950_000, "100 ms"), (999_500_000, "1.00 s"), (61_234_000_000, "61.2 s"),
      (7_200_000_000_000, "7,200 s"), (-5_000_000, "-5.00 ms"),
    ] as [(Int64, String)])
  func spans(nanoseconds: Int64, text: String) {
    #expect(Figures.span(nanoseconds) == text)
  }

  @Test(
    "A count has its thousands separated",
    arguments: [
      (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
    ])
  func counts(number: Int, text: String) {
    #expect(Figures.count(number) == text)
  }

  @Test("The largest counts have a form too")
  func extremes() {
    #expect(Figures.count(UInt64.max) == "18,446,744,073,709,551,615")
    #expect(Figures.count(Int64.min) == "-9,223,372,036,854,775,808")
    #expect(Figures.ratio(.infinity) == "inf")
    #expect(Figures.span(UInt64.max).hasSuffix(" s"))
  }

  @Test(
    "A ratio has three significant digits, a rate is whole from 100 on",
    arguments: [
      (0.8249, "0.82"), (1, "1.00"), (12.44, "12.4"), (99.96, "100"), (12_345.6, "12,346"),
      (-0.001, "0.00"),
    ])
  func ratios(value: Double, text: String) {
    #expect(Figures.ratio(value) == text)
  }

  @Test("Bytes and nouns read well")
  func bytesAndNouns() {
    #expect(Figures.bytes(999) == "999 B")
    #expect(Figures.bytes(12_300_000) == "12.3 MB")
    #expect(Figures.bytes(1_500_000_000) == "1.50 GB")
    #expect(Figures.count(1, "kill") == "1 kill")
    #expect(Figures.count(2_000, "kill") == "2,000 kills")
  }
}
