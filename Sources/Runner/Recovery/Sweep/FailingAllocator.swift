import CSQLite

/// SQLite's allocator with a counter in front of it that makes one allocation fail, or all from one
/// on.
///
/// It must be installed before SQLite is initialised, belongs to the process, and stays for its
/// life. Lookaside is switched off, so that every allocation of SQLite is counted and can fail.
@safe
enum FailingAllocator {
  /// What is counted since `arm`.
  ///
  /// Safe because `original` holds functions of the library, which stays loaded.
  @safe
  fileprivate struct State {
    var original = unsafe sqlite3_mem_methods()
    var isInstalled = false
    /// Whether allocations are counted and may fail.
    var isArmed = false
    var isLasting = false
    var failingCall = 0
    var calls = 0
    var hits = 0
    /// Blocks that SQLite has and has not given back.
    var outstanding = 0
  }

  /// Unsafe only by its type: one simulation runs in a process and one of its threads at a time.
  fileprivate nonisolated(unsafe) static let state: UnsafeMutablePointer<State> = {
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    unsafe state.initialize(to: State())
    return unsafe state
  }()

  /// Puts the counter in front of the allocator; further calls do nothing.
  ///
  /// - Throws: a harness error when SQLite was in use already.
  static func install() throws(RunnerError) {
    guard unsafe !state.pointee.isInstalled else { return }
    var codes = unsafe [
      assay_sqlite_config_methods(SQLITE_CONFIG_GETMALLOC, &state.pointee.original),
      assay_sqlite_config_lookaside(0, 0),
    ]
    var methods = unsafe state.pointee.original
    unsafe methods.xMalloc = allocate
    unsafe methods.xRealloc = reallocate
    unsafe methods.xFree = free
    unsafe codes.append(assay_sqlite_config_methods(SQLITE_CONFIG_MALLOC, &methods))
    guard codes.allSatisfy({ $0 == SQLITE_OK }) else {
      throw RunnerError(
        .harness, "SQLite's allocator cannot be replaced, because SQLite is in use: \(codes)")
    }
    unsafe state.pointee.isInstalled = true
  }

  /// Has an allocation fail, counted from now on.
  ///
  /// - Parameter call: number of the first allocation that fails, from 1.
  static func arm(call: Int, isLasting: Bool) {
    unsafe state.pointee.failingCall = call
    unsafe state.pointee.isLasting = isLasting
    unsafe state.pointee.calls = 0
    unsafe state.pointee.hits = 0
    unsafe state.pointee.isArmed = true
  }

  /// Lets every allocation succeed again.
  static func disarm() { unsafe state.pointee.isArmed = false }

  /// How many allocations failed since `arm`.
  static var hits: Int { unsafe state.pointee.hits }

  /// How many blocks SQLite holds; 0 unless installed.
  static var outstanding: Int { unsafe state.pointee.outstanding }
}

extension FailingAllocator.State {
  /// Counts an allocation; returns whether it fails.
  fileprivate mutating func fails() -> Bool {
    guard isArmed else { return false }
    calls += 1
    guard isLasting ? calls >= failingCall : calls == failingCall else { return false }
    hits += 1
    return true
  }
}

private func allocate(_ count: Int32) -> UnsafeMutableRawPointer? {
  guard unsafe !FailingAllocator.state.pointee.fails() else { return nil }
  let block = unsafe FailingAllocator.state.pointee.original.xMalloc?(count)
  if unsafe block != nil { unsafe FailingAllocator.state.pointee.outstanding += 1 }
  return unsafe block
}

private func reallocate(
  _ block: UnsafeMutableRawPointer?, _ count: Int32
) -> UnsafeMutableRawPointer? {
  guard unsafe !FailingAllocator.state.pointee.fails() else { return nil }
  return unsafe FailingAllocator.state.pointee.original.xRealloc?(block, count)
}

private func free(_ block: UnsafeMutableRawPointer?) {
  if unsafe block != nil { unsafe FailingAllocator.state.pointee.outstanding -= 1 }
  unsafe FailingAllocator.state.pointee.original.xFree?(block)
}
