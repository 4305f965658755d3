public import AssayModel
import Glibc

/// Turns among sides that must not work at the same time, kept in a mapped file that all processes
/// of all sides share.
///
/// Exactly one side has the turn. Its actors check between two operations whether the turn is over;
/// an actor that finds it over stops, and the last of them to stop hands the turn on. So no
/// operation is cut short, and a turn lasts until the longest operation in progress at its end is
/// done.
///
/// Two blocks of a quarter of a second, one after the other, see two different machines if the
/// processor is shared: neighbours come and go within a tenth of a second. In turns of a few
/// milliseconds both see the same one.
///
/// A process may be killed at any moment, waiting or not: the mutex is a robust one, and actors
/// wait on a semaphore, because a condition variable is unreliable after one of its waiters has
/// died.
///
/// Safe because mutex and semaphores are initialised before any other process maps the file, lie at
/// fixed places that nothing else uses, and live as long as the mapping.
@safe public final class SharedTurns: @unchecked Sendable {
  // Unchecked because of the pointers; mutex and semaphores are made for sharing, and every other
  // word is written under the mutex only.

  private static let mutexWord = 0
  private static let headerWord = 8
  private static let firstSideWord = 16
  private static let wordsOfSide = 12
  /// Index of a side's semaphore among its words.
  private static let semaphoreWord = 8

  /// Holder of the turn before the first one: none.
  private static let nobody = UInt64.max

  /// Words of the header.
  private enum Header: Int {
    case sides, slice, turn
  }

  /// Words of a side.
  private enum Word: Int {
    /// Number of actors that have not ended.
    case members
    /// Number of actors that have the turn and have not stopped.
    case running
    /// Number of turns the side has had.
    case grants
    /// True if no actor of the side has resumed yet in this turn.
    case isUnresumed
    /// Nanoseconds during which the side did not have the turn.
    case offset
    /// Time at which its last turn ended.
    case stopped
    /// Time at which its turn is over.
    case over
  }

  private let file: MappedFile
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Number of sides.
  public let sides: Int

  /// Creates the file; no side has the turn yet.
  ///
  /// - Parameters:
  ///   - path: must not exist yet.
  ///   - actors: number of actors of each side, over all of its processes; at least 1 each.
  ///   - slice: duration of a turn; above 0.
  public init(
    creating path: String, actors: [Int], slice: Nanoseconds
  ) throws(PlatformError) {
    precondition(!actors.isEmpty && actors.allSatisfy { $0 > 0 }, "sides of \(actors) actors")
    precondition(slice > .zero, "turns of \(slice)")
    file = try MappedFile(
      creating: path, byteCount: 8 * (Self.firstSideWord + actors.count * Self.wordsOfSide))
    sides = actors.count
    unsafe mutex = Self.mutex(in: file)
    initialise()
    file.store(UInt64(sides), at: Self.headerWord + Header.sides.rawValue)
    file.store(UInt64(slice.rawValue), at: Self.headerWord + Header.slice.rawValue)
    file.store(Self.nobody, at: Self.headerWord + Header.turn.rawValue)
    for (side, count) in actors.enumerated() { set(.members, of: side, UInt64(count)) }
  }

  /// Maps the file created by another process.
  public init(opening path: String) throws(PlatformError) {
    file = try MappedFile(opening: path, isWritable: true)
    guard file.wordCount > Self.firstSideWord else {
      throw PlatformError(code: .badFormat, operation: "mmap", path: path, detail: "no turns")
    }
    sides = Int(file.load(Self.headerWord + Header.sides.rawValue))
    guard file.wordCount == Self.firstSideWord + sides * Self.wordsOfSide else {
      throw PlatformError(
        code: .badFormat, operation: "mmap", path: path, detail: "turns of \(sides) sides")
    }
    unsafe mutex = Self.mutex(in: file)
  }

  private static func mutex(in file: MappedFile) -> UnsafeMutablePointer<pthread_mutex_t> {
    unsafe (file.base + mutexWord * 8).assumingMemoryBound(to: pthread_mutex_t.self)
  }

  /// Returns the semaphore on which the actors of a side wait.
  private func semaphore(of side: Int) -> UnsafeMutablePointer<sem_t> {
    precondition(side >= 0 && side < sides, "side \(side) of \(sides)")
    let word = Self.firstSideWord + side * Self.wordsOfSide + Self.semaphoreWord
    return unsafe (file.base + word * 8).assumingMemoryBound(to: sem_t.self)
  }

  private func initialise() {
    var attributes = pthread_mutexattr_t()
    unsafe pthread_mutexattr_init(&attributes)
    unsafe pthread_mutexattr_setpshared(&attributes, Int32(PTHREAD_PROCESS_SHARED))
    unsafe pthread_mutexattr_setrobust(&attributes, Int32(PTHREAD_MUTEX_ROBUST))
    let made = unsafe pthread_mutex_init(mutex, &attributes)
    precondition(made == 0, "pthread_mutex_init answered \(made)")
    unsafe pthread_mutexattr_destroy(&attributes)
    for side in 0..<sides {
      let ready = unsafe sem_init(semaphore(of: side), 1, 0)
      precondition(ready == 0, "sem_init answered errno \(errno)")
    }
  }

  // MARK: What actors ask without a lock

  /// Returns the time a side has not had the turn so far; constant while it has it.
  public func offset(of side: Int) -> Nanoseconds {
    Nanoseconds(Int64(bitPattern: get(.offset, of: side)))
  }

  /// Returns the time at which the turn of a side is over, on the clock of the machine.
  public func end(of side: Int) -> MonotonicTime {
    MonotonicTime(nanoseconds: get(.over, of: side))
  }

  // MARK: The coordinator

  /// Gives a side the first turn.
  ///
  /// - Parameter start: time at which actors begin; no side's clock starts earlier.
  public func begin(at start: MonotonicTime, first: Int) {
    locked {
      for side in 0..<sides { set(.stopped, of: side, start.nanoseconds) }
      grant(first)
    }
  }

  /// Abandons a side of which at least one process is gone: its remaining actors work without
  /// turns, and the other sides no longer wait for it.
  public func abandon(_ side: Int) {
    locked {
      let members = get(.members, of: side)
      guard members > 0 else { return }
      set(.members, of: side, 0)
      set(.over, of: side, UInt64(Int64.max))
      if hasTurn(side) { handOver(at: now) } else { set(.isUnresumed, of: side, 1) }
      // All actors that wait, or are about to wait, continue.
      count(.grants, of: side)
      wake(side, members)
    }
  }

  // MARK: The actors

  /// Duration of a wait before its caller is asked whether to continue.
  private static let patience = Nanoseconds.milliseconds(20)

  /// Waits until a side has had more turns than `seen`.
  ///
  /// - Parameter goesOn: called from time to time; `false` ends the wait.
  /// - Returns: number of turns the side has had; `nil` if the wait was ended.
  func awaitTurn(of side: Int, after seen: UInt64, while goesOn: () -> Bool) -> UInt64? {
    while true {
      let granted: UInt64? = locked {
        guard get(.grants, of: side) != seen else { return nil }
        resume(side)
        return get(.grants, of: side)
      }
      if let granted { return granted }
      if !waitAWhile(side), !goesOn() { return nil }
    }
  }

  /// Stops an actor of the side that has the turn, because the turn is over or the actor has ended.
  func stop(_ side: Int, hasEnded: Bool) {
    locked {
      // The remaining actors of an abandoned side have no turn to hand on.
      guard get(.members, of: side) > 0 else { return }
      if hasEnded { set(.members, of: side, get(.members, of: side) - 1) }
      set(.running, of: side, get(.running, of: side) - 1)
      if get(.running, of: side) == 0 { handOver(at: now) }
    }
  }

  /// Removes an actor that ends while it waits for its turn.
  ///
  /// - Parameter seen: number of turns it has had.
  func leave(_ side: Int, after seen: UInt64) {
    locked {
      guard get(.members, of: side) > 0 else { return }
      set(.members, of: side, get(.members, of: side) - 1)
      // The turn may have just arrived for this actor, which no longer wants it.
      guard hasTurn(side), get(.grants, of: side) != seen else { return }
      set(.running, of: side, get(.running, of: side) - 1)
      if get(.running, of: side) == 0 { handOver(at: now) }
    }
  }

  // MARK: Under the mutex

  private func hasTurn(_ side: Int) -> Bool {
    file.load(Self.headerWord + Header.turn.rawValue) == UInt64(side)
  }

  private func handOver(at now: MonotonicTime) {
    let turn = Int(file.load(Self.headerWord + Header.turn.rawValue))
    set(.stopped, of: turn, now.nanoseconds)
    for step in 1...sides where get(.members, of: (turn + step) % sides) > 0 {
      grant((turn + step) % sides)
      return
    }
  }

  private func grant(_ side: Int) {
    file.store(UInt64(side), at: Self.headerWord + Header.turn.rawValue)
    set(.running, of: side, get(.members, of: side))
    set(.isUnresumed, of: side, 1)
    count(.grants, of: side)
    wake(side, get(.members, of: side))
  }

  /// Resumes the clock of a side when the first of its actors is awake: the time the system takes
  /// to wake it does not count as work of the side.
  private func resume(_ side: Int) {
    guard get(.isUnresumed, of: side) == 1 else { return }
    set(.isUnresumed, of: side, 0)
    let now = now.nanoseconds
    let stopped = get(.stopped, of: side)
    if now > stopped { set(.offset, of: side, get(.offset, of: side) + (now - stopped)) }
    guard get(.members, of: side) > 0 else { return }
    let slice = file.load(Self.headerWord + Header.slice.rawValue)
    set(.over, of: side, max(now, stopped) + slice)
  }

  private var now: MonotonicTime { SystemTime().monotonicNow() }

  private func get(_ word: Word, of side: Int) -> UInt64 {
    file.load(Self.firstSideWord + side * Self.wordsOfSide + word.rawValue)
  }

  private func count(_ word: Word, of side: Int) { set(word, of: side, get(word, of: side) + 1) }

  private func set(_ word: Word, of side: Int, _ value: UInt64) {
    file.store(value, at: Self.firstSideWord + side * Self.wordsOfSide + word.rawValue)
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    take(unsafe pthread_mutex_lock(mutex))
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  private func wake(_ side: Int, _ actors: UInt64) {
    for _ in 0..<actors { unsafe sem_post(semaphore(of: side)) }
  }

  /// Waits for a wake-up of a side, outside the mutex; `false` if there was none for a while. A
  /// wake-up may be stale, so the woken actor must check again.
  private func waitAWhile(_ side: Int) -> Bool {
    unsafe SemaphoreWait.take(semaphore(of: side), until: now + Self.patience)
  }

  /// Checks the result of locking. A process that died while holding the mutex leaves consistent
  /// words: each is written in one store.
  private func take(_ result: Int32) {
    if result == EOWNERDEAD {
      unsafe pthread_mutex_consistent(mutex)
    } else {
      precondition(result == 0, "the turns' mutex answered \(result)")
    }
  }
}
