import AssayModel
import Platform
import Synchronization
import Testing

@Suite("Parking of real threads")
struct SystemParkingTests {
  let parking = SystemParking()
  let time = SystemTime()

  /// Runs a body on a fresh thread, which has no permit yet.
  private func onFreshThread(_ body: @escaping @Sendable () -> Void) throws {
    try SystemThread.start(name: "parker", body: body).join()
  }

  @Test("An unpark before the park is remembered")
  func permit() throws {
    try onFreshThread {
      parking.unpark(parking.currentToken())
      #expect(throws: Never.self) { try parking.park(until: nil) }
    }
  }

  @Test("Two unparks leave one permit: the second park waits for its deadline")
  func onePermit() throws {
    try onFreshThread {
      let token = parking.currentToken()
      parking.unpark(token)
      parking.unpark(token)
      #expect(throws: Never.self) {
        try parking.park(until: nil)
        let deadline = time.monotonicNow() + .milliseconds(3)
        try parking.park(until: deadline)
        #expect(time.monotonicNow() >= deadline)
      }
    }
  }

  @Test("A timed park without permit returns after its deadline, and leaves no permit behind")
  func timed() throws {
    try onFreshThread {
      for _ in 0..<3 {
        let deadline = time.monotonicNow() + .milliseconds(1)
        #expect(throws: Never.self) { try parking.park(until: deadline) }
        #expect(time.monotonicNow() >= deadline)
      }
    }
  }

  @Test("A permit given after a deadline passed serves the next park")
  func permitAfterTimeout() throws {
    try onFreshThread {
      #expect(throws: Never.self) {
        try parking.park(until: MonotonicTime(nanoseconds: 1))
        parking.unpark(parking.currentToken())
        try parking.park(until: nil)
      }
    }
  }

  @Test("The token of a thread stays the same, that of another thread differs")
  func tokens() throws {
    let here = parking.currentToken()
    #expect(here === SystemParking().currentToken())
    let other = Mutex<ParkingToken?>(nil)
    try onFreshThread { other.withLock { $0 = parking.currentToken() } }
    #expect(other.withLock { $0 } !== here)
  }

  @Test("Unparking a thread that has ended does nothing")
  func ended() throws {
    let token = Mutex<ParkingToken?>(nil)
    try onFreshThread { token.withLock { $0 = parking.currentToken() } }
    let dead = try #require(token.withLock { $0 })
    parking.unpark(dead)
    parking.unpark(dead)
  }

  @Test("Two threads hand a turn back and forth 20,000 times without losing a wake-up")
  func pingPong() throws {
    let turn = Mutex(0)
    let tokens = Mutex<[ParkingToken?]>([nil, nil])
    let rounds = 10_000
    let threads = try (0..<2).map { own in
      try SystemThread.start(name: "ping-\(own)") {
        tokens.withLock { $0[own] = parking.currentToken() }
        for round in 0..<rounds {
          while turn.withLock({ $0 }) != round * 2 + own {
            #expect(throws: Never.self) {
              try parking.park(until: time.monotonicNow() + .seconds(5))
            }
          }
          turn.withLock { $0 += 1 }
          if let token = tokens.withLock({ $0[1 - own] }) { parking.unpark(token) }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(turn.withLock { $0 } == rounds * 2)
  }

  @Test("Unparks that meet the deadline are never lost and never counted twice")
  func race() throws {
    let token = Mutex<ParkingToken?>(nil)
    let finished = Mutex(false)
    let parked = try SystemThread.start(name: "racer") {
      token.withLock { $0 = parking.currentToken() }
      for _ in 0..<2_000 {
        #expect(throws: Never.self) {
          try parking.park(until: time.monotonicNow() + .microseconds(20))
        }
      }
      finished.withLock { $0 = true }
      // At most one permit may be left, so that of three parks two must wait.
      let start = time.monotonicNow()
      for _ in 0..<3 {
        #expect(throws: Never.self) {
          try parking.park(until: time.monotonicNow() + .milliseconds(2))
        }
      }
      #expect(time.monotonicNow() - start >= .milliseconds(4))
    }
    while !finished.withLock({ $0 }) {
      if let token = token.withLock({ $0 }) { parking.unpark(token) }
      #expect(throws: Never.self) { try time.sleep(for: .microseconds(20)) }
    }
    parked.join()
  }
}
