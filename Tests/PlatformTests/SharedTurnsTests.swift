import AssayModel
import Platform
import Synchronization
import Testing

@Suite("Turns of sides that must not work at once")
struct SharedTurnsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Counts, for each side, who is inside an operation.
  private final class Floor: Sendable {
    private let state: Mutex<(inside: [Int], overlaps: Int, order: [Int])>

    init(sides: Int) {
      state = Mutex((Array(repeating: 0, count: sides), 0, []))
    }

    func enter(_ side: Int) {
      state.withLock { state in
        state.inside[side] += 1
        for other in state.inside.indices where other != side && state.inside[other] > 0 {
          state.overlaps += 1
        }
        if state.order.last != side { state.order.append(side) }
      }
    }

    func leave(_ side: Int) { state.withLock { $0.inside[side] -= 1 } }

    var overlaps: Int { state.withLock { $0.overlaps } }
    var order: [Int] { state.withLock { $0.order } }
  }

  /// Lets sides of so many actors work until the clock of each has come to `span`; returns how far
  /// each actor's clock came.
  private func work(
    _ actors: [Int], span: Nanoseconds, slice: Nanoseconds, first: Int = 0, _ floor: Floor
  ) throws -> [Nanoseconds] {
    let path = folder.file("turns")
    let made = try SharedTurns(creating: path, actors: actors, slice: slice)
    let start = SystemTime().monotonicNow()
    made.begin(at: start, first: first)
    let spans = Mutex<[Nanoseconds]>([])
    var threads: [SystemThread] = []
    for (side, count) in actors.enumerated() {
      // Each side maps the file by itself, as processes do.
      let clock = TurnClock(try SharedTurns(opening: path), side: side)
      for actor in 0..<count {
        threads.append(
          try SystemThread.start(name: "side-\(side)-\(actor)") {
            let taker = TurnTaker(clock) { true }
            guard taker.enter() else { return }
            while clock.monotonicNow() < start + span, taker.pass(at: clock.monotonicNow()) {
              floor.enter(side)
              floor.leave(side)
            }
            let own = clock.monotonicNow() - start
            spans.withLock { $0.append(own) }
            taker.end()
          })
      }
    }
    for thread in threads { thread.join() }
    return spans.withLock { $0 }
  }

  @Test("At no time do actors of two sides work", arguments: [[1, 1], [2, 3], [1, 1, 2]])
  func exclusive(actors: [Int]) throws {
    let floor = Floor(sides: actors.count)
    let spans = try work(actors, span: .milliseconds(60), slice: .milliseconds(1), floor)
    #expect(floor.overlaps == 0)
    #expect(spans.count == actors.reduce(0, +))
    #expect(Set(floor.order) == Set(actors.indices))
    #expect(floor.order.count >= 2 * actors.count, "\(floor.order)")
  }

  @Test("The clock of a side stands while others have the turn")
  func clocks() throws {
    let from = SystemTime().monotonicNow()
    let spans = try work(
      [1, 1, 1], span: .milliseconds(10), slice: .milliseconds(2), Floor(sides: 3))
    let elapsed = SystemTime().monotonicNow() - from
    #expect(spans.allSatisfy { $0 >= .milliseconds(10) })
    // Three clocks that ran one at a time cannot have shown more than passed.
    #expect(Nanoseconds(spans.reduce(0) { $0 + $1.rawValue }) <= elapsed)
  }

  @Test("The side that was named has the first turn", arguments: 0..<3)
  func first(side: Int) throws {
    let floor = Floor(sides: 3)
    _ = try work([1, 1, 1], span: .milliseconds(4), slice: .milliseconds(1), first: side, floor)
    #expect(floor.order.first == side)
  }

  @Test("Who is alone goes on, turn after turn")
  func alone() throws {
    let spans = try work([2], span: .milliseconds(5), slice: .microseconds(200), Floor(sides: 1))
    #expect(spans.count == 2)
  }

  @Test("A sleep between operations takes as many turns as it needs, and others work meanwhile")
  func pacing() throws {
    let path = folder.file("turns")
    let made = try SharedTurns(creating: path, actors: [1, 1], slice: .milliseconds(1))
    let start = SystemTime().monotonicNow()
    made.begin(at: start, first: 0)
    let clock = TurnClock(made, side: 0)
    let rounds = Mutex(0)
    let other = try SystemThread.start(name: "other") {
      let clock = TurnClock(made, side: 1)
      let taker = TurnTaker(clock) { true }
      guard taker.enter() else { return }
      while clock.monotonicNow() < start + .milliseconds(5), taker.pass(at: clock.monotonicNow()) {
        rounds.withLock { $0 += 1 }
      }
      taker.end()
    }
    let taker = TurnTaker(clock) { true }
    #expect(taker.enter())
    let deadline = start + .milliseconds(5)
    try TurnPacing(taker, clock).sleep(until: deadline)
    #expect(clock.monotonicNow() >= deadline)
    #expect(made.offset(of: 0) > .zero, "it never handed its turn on")
    taker.end()
    other.join()
    #expect(rounds.withLock { $0 } > 0)
  }

  @Test("Of an abandoned side nobody waits for the turn, and what is left of it works on")
  func abandoned() throws {
    let made = try SharedTurns(
      creating: folder.file("turns"), actors: [1, 1], slice: .milliseconds(1))
    made.begin(at: SystemTime().monotonicNow(), first: 0)
    // The actor of side 0 has died: it never takes its turn.
    made.abandon(0)
    let survivor = TurnTaker(TurnClock(made, side: 1)) { false }
    #expect(survivor.enter())
    survivor.end()
    let late = TurnClock(made, side: 0)
    let straggler = TurnTaker(late) { false }
    #expect(straggler.enter())
    #expect(straggler.pass(at: late.monotonicNow() + .seconds(100)))
    straggler.end()
  }

  @Test("A side that is abandoned before the first turn gives it to nobody")
  func abandonedEarly() throws {
    let made = try SharedTurns(
      creating: folder.file("turns"), actors: [1, 1, 1], slice: .milliseconds(1))
    made.abandon(0)
    made.begin(at: SystemTime().monotonicNow(), first: 2)
    #expect(!TurnTaker(TurnClock(made, side: 1)) { false }.enter())
    let first = TurnTaker(TurnClock(made, side: 2)) { false }
    #expect(first.enter())
    first.end()
  }

  @Test("An actor that gives up waiting is no longer waited for")
  func gaveUp() throws {
    let made = try SharedTurns(
      creating: folder.file("turns"), actors: [1, 2], slice: .milliseconds(1))
    made.begin(at: SystemTime().monotonicNow(), first: 0)
    // Told to end before side 1 had a turn.
    #expect(!TurnTaker(TurnClock(made, side: 1)) { false }.enter())
    let clock = TurnClock(made, side: 0)
    let taker = TurnTaker(clock) { false }
    #expect(taker.enter())
    taker.end()
    // The other actor of side 1 alone makes the side: its end is the end of the side's turn.
    let other = TurnTaker(TurnClock(made, side: 1)) { false }
    #expect(other.enter())
    #expect(other.pass(at: clock.monotonicNow() + .seconds(1)))
    other.end()
  }

  @Test("A file that holds no turns is refused")
  func refused() throws {
    let path = folder.file("words")
    _ = try MappedFile(creating: path, byteCount: 8 * 100)
    let error = #expect(throws: PlatformError.self) { try SharedTurns(opening: path) }
    #expect(error?.code == .badFormat)
  }
}
