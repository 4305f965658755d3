import AssayModel
import SQLiteDriver
import Synchronization
import Testing

private let forever = SQL(
  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c")
private let insert = SQL("INSERT INTO t VALUES(?)")

@Suite("Time limits, waits and interrupts")
struct LimitTests {
  private func deadline(_ time: FakeTime, in span: Nanoseconds) -> MonotonicTime {
    time.monotonicNow() + span
  }

  @Test("A query that runs for ever is interrupted at its deadline, in virtual time")
  func endless() throws {
    let time = FakeTime(tick: .milliseconds(1))
    var connection = try Connection(options(time: time))
    let error = failure { () throws(SQLiteError) in
      try connection.withDeadline(deadline(time, in: .milliseconds(500))) {
        (connection) throws(SQLiteError) in
        try connection.run(forever)
      }
    }
    #expect(error?.code == .interrupt)
    #expect(error?.cutShort == .deadline)
    #expect(error?.sql == forever.text)
    let after = connection.deadline
    #expect(after == nil)
    #expect(try connection.number("SELECT 1") == 1)
  }

  @Test("A statement ends at its limit of operations although no time passes")
  func steps() throws {
    var limited = options(time: FakeTime())
    limited.stepLimit = 100_000
    var connection = try Connection(limited)
    // The limit is each statement's own.
    for _ in 0..<3 {
      let error = failure { () throws(SQLiteError) in try connection.run(forever) }
      #expect(error?.code == .interrupt)
      #expect(error?.cutShort == .stepLimit)
      #expect(try connection.number("SELECT 1") == 1)
    }
    let inner = failure { () throws(SQLiteError) in
      try connection.withStepLimit(5_000) { (connection) throws(SQLiteError) in
        _ = try connection.number(
          "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000) "
            + "SELECT max(x) FROM c")
      }
    }
    #expect(inner?.cutShort == .stepLimit)
    #expect(
      try connection.number(
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000) "
          + "SELECT max(x) FROM c") == 2_000)
  }

  @Test("A write that its deadline interrupts takes its whole transaction with it and says so")
  func interruptedWrite() throws {
    let time = FakeTime(tick: .milliseconds(1))
    var connection = try Connection(options(time: time))
    try connection.execute("CREATE TABLE t(a)")
    let limit = deadline(time, in: .milliseconds(20))
    let error = failure { () throws(SQLiteError) in
      try connection.withDeadline(limit) { (connection) throws(SQLiteError) in
        try connection.transaction { (connection) throws(SQLiteError) in
          try connection.run(insert, 1)
          try connection.execute(
            """
            WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
            INSERT INTO t SELECT x FROM c
            """)
        }
      }
    }
    #expect(error?.code == .interrupt)
    #expect(error?.cutShort == .deadline)
    #expect(error?.rolledBackTransaction == true)
    #expect(try connection.number("SELECT count(*) FROM t") == 0)
  }

  @Test("Within another deadline the earlier one counts, and the outer one comes back")
  func nested() throws {
    let time = FakeTime()
    var connection = try Connection(options(time: time))
    let near = deadline(time, in: .seconds(1))
    let far = deadline(time, in: .seconds(2))
    connection.withDeadline(near) { connection in
      let inner = connection.withDeadline(far) { connection in connection.deadline }
      #expect(inner == near)
    }
    connection.withDeadline(far) { connection in
      let inner = connection.withDeadline(near) { connection in connection.deadline }
      #expect(inner == near)
      let outer = connection.deadline
      #expect(outer == far)
      let unlimited = connection.withDeadline(nil) { connection in connection.deadline }
      #expect(unlimited == far)
    }
  }

  @Test("A write whose commit has happened is never reported as interrupted")
  func noFalseInterrupt() throws {
    let time = FakeTime(tick: .milliseconds(1))
    var connection = try Connection(options(time: time))
    try connection.execute("CREATE TABLE t(a)")
    connection.setDeadline(MonotonicTime(nanoseconds: 0))
    var acknowledged: Int64 = 0
    var interrupted = 0
    // SQLite counts the steps of all runs together, so that some of these end on the boundary at
    // which the progress handler is called.
    for value in 0..<3_000 {
      let error = failure { () throws(SQLiteError) in try connection.run(insert, value) }
      if error == nil { acknowledged += 1 } else { interrupted += 1 }
    }
    connection.setDeadline(nil)
    #expect(try connection.number("SELECT count(*) FROM t") == acknowledged)
    #expect(interrupted < 3_000)
  }

  @Test("The fair policy sleeps constantly until its timeout, and counts its waits")
  func fair() throws {
    let folder = try TemporaryFolder()
    let time = FakeTime()
    var holder = try Connection(options(folder.path("a.db"), wal))
    var waiter = try Connection(
      options(folder.path("a.db"), wal, busy: .fair(timeout: .milliseconds(10)), time: time))
    try holder.begin()
    let error = failure { () throws(SQLiteError) in try waiter.begin() }
    #expect(error?.code == .busy)
    #expect(error?.cutShort == nil)
    #expect(time.sleeps == Array(repeating: BusyWait.fairDelay, count: 50))
    #expect(waiter.busyWaits == 50)
    #expect(waiter.busyWaitNanoseconds == 10_000_000)
  }

  @Test("A waiter goes on as soon as the lock is free")
  func released() throws {
    let folder = try TemporaryFolder()
    let time = FakeTime()
    let holder = Mutex(try Connection(options(folder.path("a.db"), wal)))
    var waiter = try Connection(
      options(folder.path("a.db"), wal, busy: .fair(timeout: .seconds(1)), time: time))
    try holder.withLock { try $0.begin() }
    time.onSleep {
      if time.sleeps.count == 3 { holder.withLock { try? $0.rollback() } }
    }
    try waiter.begin()
    #expect(waiter.busyWaits == 3)
  }

  @Test("A deadline ends the wait for a lock, with either policy", arguments: [true, false])
  func deadlineWhileWaiting(isFair: Bool) throws {
    let folder = try TemporaryFolder()
    let time = FakeTime()
    var holder = try Connection(options(folder.path("a.db"), wal))
    let policy: BusyPolicy = isFair ? .fair(timeout: .seconds(5)) : .sqlite(timeout: .seconds(5))
    var waiter = try Connection(
      options(folder.path("a.db"), wal, busy: policy, time: time))
    try holder.begin()
    let limit = deadline(time, in: .milliseconds(30))
    let error = failure { () throws(SQLiteError) in
      try waiter.withDeadline(limit) { (waiter) throws(SQLiteError) in try waiter.begin() }
    }
    #expect(error?.code == .busy)
    #expect(error?.cutShort == .deadline)
    #expect(time.monotonicNow() == limit)
    if !isFair {
      // SQLite's own delays, the last one cut by the deadline.
      #expect(time.sleeps == [1, 2, 5, 10, 12].map { Nanoseconds.milliseconds($0) })
    }
  }

  @Test("A stopped actor gives up waiting and says why")
  func stopped() throws {
    let folder = try TemporaryFolder()
    let time = FakeTime()
    var holder = try Connection(options(folder.path("a.db"), wal))
    var waiter = try Connection(
      options(folder.path("a.db"), wal, busy: .fair(timeout: .seconds(5)), time: time))
    try holder.begin()
    time.stop()
    let error = failure { () throws(SQLiteError) in try waiter.begin() }
    #expect(error?.code == .busy)
    #expect(error?.cutShort == .actorStopped)
    #expect(time.sleeps.count == 1)
  }

  @Test("SQLite's own handler answers BUSY when its timeout is over")
  func ownHandler() throws {
    let folder = try TemporaryFolder()
    var holder = try Connection(options(folder.path("a.db"), wal))
    var waiter = try Connection(
      options(folder.path("a.db"), wal, busy: .sqlite(timeout: .milliseconds(3))))
    try holder.begin()
    let waited = failure { () throws(SQLiteError) in try waiter.begin() }
    #expect(waited?.code == .busy)
    waiter.setBusyPolicy(.none)
    let atOnce = failure { () throws(SQLiteError) in try waiter.begin() }
    #expect(atOnce?.code == .busy)
  }

  @Test("A handle interrupts from another place, and does nothing after the close")
  func interrupt() throws {
    let time = InterruptingTime()
    var victim = try Connection(options(time: time))
    let own = victim.interruptHandle
    #expect(own.interrupt())
    let forgotten = try victim.number("SELECT 1") == 1
    #expect(forgotten)
    time.target(own)
    victim.setDeadline(MonotonicTime(nanoseconds: .max - 1))
    let error = failure { () throws(SQLiteError) in try victim.run(forever) }
    #expect(error?.code == .interrupt)
    #expect(error?.cutShort == nil)
    try victim.close()
    #expect(!own.interrupt())
  }

  @Test("SQLite's delays grow to 100 ms and never pass the timeout")
  func sqliteDelays() {
    var delays: [Int64] = []
    while let delay = BusyWait.sqliteDelay(attempt: delays.count, timeout: .seconds(1)) {
      delays.append(delay.rawValue / 1_000_000)
    }
    #expect(
      delays == [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100, 100, 100, 100, 100, 100, 100, 72])
    #expect(delays.reduce(0, +) == 1_000)
    #expect(BusyWait.sqliteDelay(attempt: 0, timeout: .zero) == nil)
  }
}

/// A clock that interrupts a connection while its query looks at the time.
private final class InterruptingTime: TimeSource {
  private let state = Mutex<(handle: InterruptHandle?, readings: UInt64)>((nil, 0))

  func target(_ handle: InterruptHandle) { state.withLock { $0.handle = handle } }

  func monotonicNow() -> MonotonicTime {
    let (handle, readings) = state.withLock { state in
      state.readings += 1
      return (state.handle, state.readings)
    }
    if readings > 5 { handle?.interrupt() }
    return MonotonicTime(nanoseconds: readings)
  }

  func bootNow() -> BootTime { BootTime(nanoseconds: 0) }
  func wallNow() -> WallTime { WallTime(milliseconds: 0) }
  func sleep(until deadline: MonotonicTime) throws(ActorStopped) {}
}
