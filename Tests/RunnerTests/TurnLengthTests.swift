import AssayModel
import Testing

@testable import Runner

@Suite("How long a turn lasts")
struct TurnLengthTests {
  private func evidence(
    _ milliseconds: Double, actors: Int = 3, kind: String = "read"
  ) -> TurnLength.Evidence {
    TurnLength.Evidence(
      residual: Nanoseconds(Int64(milliseconds * 1e6)), kind: kind, actors: actors)
  }

  private func choose(
    _ milliseconds: Double, actors: Int = 3, asked: Nanoseconds? = nil
  ) -> TurnChoice {
    TurnLength.choose(
      asked: asked, [evidence(0.001), evidence(milliseconds, actors: actors)],
      block: .seconds(1))
  }

  @Test("Short operations take turns of 10 ms, longer ones longer turns, long ones whole blocks")
  func lengths() {
    #expect(choose(0.2).slice == .milliseconds(10))
    #expect(choose(2).slice == .milliseconds(80))
    #expect(choose(2).reason.contains("'read' under way still takes 2.00 ms"))
    #expect(choose(50).slice == .zero)
    #expect(choose(50).reason.hasPrefix("one whole block after the other, since a 'read'"))
  }

  @Test("An actor that is alone keeps nobody waiting, and what was asked for is done")
  func exceptions() {
    #expect(choose(50, actors: 1).slice == .milliseconds(10))
    #expect(choose(50, asked: .milliseconds(20)).slice == .milliseconds(20))
    #expect(choose(0.2, asked: .zero).slice == .zero)
  }

  @Test("The residual is that of the kind where it is longest, weighted by length")
  func residuals() {
    let short = HistogramCounts(values: [100_000], counts: [5_000], min: 100_000, max: 100_000)
    let long = HistogramCounts(
      values: [1_000_000, 101_000_000], counts: [99, 1], min: 1_000_000, max: 101_000_000)
    #expect(TurnLength.Evidence.residual(of: short) == .microseconds(50))
    // A rare long operation is under way for half of the time: (99 + 10,201) / 2 (99 + 101).
    #expect(TurnLength.Evidence.residual(of: long) == .microseconds(25_750))
  }

  /// A side of one reader and one writer in turns: the reader's operations are long, no operation
  /// is cut, and whoever finishes first waits for the other.
  ///
  /// - Returns: operations a second of the writer, on the side's clock.
  private func writes(read: Double, write: Double, turn: Double?, length: Double) -> Double {
    guard let turn else { return 1 / write }
    var clock = 0.0
    var writes = 0.0
    while clock < length {
      // The reader begins an operation with the turn and goes on until the turn is over.
      let readerEnds = (turn / read).rounded(.up) * read
      let writerEnds = (turn / write).rounded(.up) * write
      writes += (writerEnds / write).rounded()
      clock += max(readerEnds, writerEnds)
    }
    return writes / clock
  }

  @Test(
    "Ratios with the chosen turn agree with those of whole blocks, for three loads",
    arguments: [
      // Milliseconds of a read and of a write in base and head.
      [0.5, 0.1, 0.5, 0.12], [4.0, 0.1, 2.0, 0.1], [100, 0.1, 1, 0.1],
    ])
  func ratios(load: [Double]) {
    let choice = TurnLength.choose(
      asked: nil, [evidence(load[0] / 2), evidence(load[2] / 2)], block: .seconds(1))
    let turn = choice.slice == .zero ? nil : choice.slice.seconds * 1_000
    func ratio(_ turn: Double?) -> Double {
      writes(read: load[2], write: load[3], turn: turn, length: 1_000)
        / writes(read: load[0], write: load[1], turn: turn, length: 1_000)
    }
    #expect(abs(ratio(turn) / ratio(nil) - 1) < 0.025, "\(choice)")
  }

  @Test("Turns of 10 ms beside a reader of 100 ms show a tenth of the writer: the planted fault")
  func planted() {
    let seen = writes(read: 100, write: 0.1, turn: 10, length: 1_000)
    #expect(seen < 0.12 * writes(read: 100, write: 0.1, turn: nil, length: 1_000))
  }
}
