import AssayModel
import Synchronization
import Testing

@testable import AssayStorage

/// A database of integers: a request adds its number, or does what its sign and kind say.
final class FakeExecutor: GroupExecutor {
  enum Kind: Sendable { case good, fails, losesTransaction, breaksCommit }
  struct Request: Sendable {
    var number: Int
    var kind = Kind.good
  }
  struct Planted: Error, Equatable { var number: Int }

  struct State {
    var committed: [Int] = []
    var open: [Int]?
    var runs = 0
    var running: Int?
    var begins = 0
    var groups: [Int] = []
    var commitResults: [GroupCommitResult] = []
    var beginErrors: [StorageError] = []
    var breaksCommit = false
  }

  let baton: Baton
  let commitTime: Nanoseconds
  let state = Mutex(State())

  init(baton: Baton, commitTime: Nanoseconds = .milliseconds(1)) {
    self.baton = baton
    self.commitTime = commitTime
  }

  func begin(until deadline: MonotonicTime?) throws(StorageError) {
    baton.yield()
    let error: StorageError? = state.withLock { state in
      precondition(state.open == nil, "two groups at once")
      state.begins += 1
      if let error = state.beginErrors.popLast() { return error }
      state.open = []
      state.breaksCommit = false
      return nil
    }
    if let error { throw error }
  }

  func run(_ request: Request) -> GroupRunResult {
    state.withLock { $0.running = request.number }
    baton.yield()
    return state.withLock { state in
      state.running = nil
      state.runs += 1
      switch request.kind {
      case .good: state.open?.append(request.number)
      case .fails: return .failed(Planted(number: request.number))
      case .breaksCommit: state.breaksCommit = true
      case .losesTransaction:
        state.open = nil
        return .lostTransaction(Planted(number: request.number))
      }
      return .succeeded
    }
  }

  func commit() -> GroupCommitResult {
    try? baton.sleep(for: commitTime)
    return state.withLock { state in
      let numbers = state.open ?? []
      state.open = nil
      if state.breaksCommit { return .rejected(.invalidKey("constraint")) }
      if let planted = state.commitResults.popLast() { return planted }
      state.committed += numbers
      state.groups.append(numbers.count)
      return .committed
    }
  }

  func rollBack() { state.withLock { $0.open = nil } }
}

@Suite("Group commit under a fake parking")
struct GroupQueueTests {
  private func runs(
    _ requests: [FakeExecutor.Request], seed: UInt64, rounds: Int = 1,
    rule: GroupQueue<FakeExecutor>.Rule = .init(),
    prepare: (inout FakeExecutor.State) -> Void = { _ in }
  ) -> (queue: GroupQueue<FakeExecutor>, baton: Baton, failures: [Int: any Error]) {
    let baton = Baton(seed: seed)
    let executor = FakeExecutor(baton: baton)
    executor.state.withLock { prepare(&$0) }
    let queue = GroupQueue(executor: executor, rule: rule, environment: .simulated(baton))
    let failures = Mutex<[Int: any Error]>([:])
    baton.run(
      requests.map { request in
        (
          "r\(request.number)",
          {
            for _ in 0..<rounds {
              do {
                try queue.submit(request, .forever)
                let isThere = executor.state.withLock { $0.committed.contains(request.number) }
                #expect(isThere || request.kind != .good, "acknowledged before the commit")
                baton.note("\(request.number)")
              } catch {
                failures.withLock { $0[request.number] = error }
              }
            }
          }
        )
      })
    #expect(baton.deadlock == nil)
    return (queue, baton, failures.withLock { $0 })
  }

  private func good(_ count: Int) -> [FakeExecutor.Request] {
    (0..<count).map { .init(number: $0) }
  }

  @Test("Requests that come together commit together, and are acknowledged after the commit")
  func groups() {
    let (queue, baton, failures) = runs(good(20), seed: 1, rounds: 5)
    #expect(failures.isEmpty)
    let state = queue.executor.state.withLock { $0 }
    #expect(state.committed.count == 100)
    #expect(state.groups.count < 50, "hardly any grouping: \(state.groups)")
    #expect(queue.groupCounts.requests == 100)
    #expect(queue.groupCounts.groups == UInt64(state.groups.count))
    #expect(queue.counts.waits > 0)
    #expect(UInt64(baton.parks) >= queue.counts.waits)
  }

  @Test("The same seed gives the same order, another seed another one")
  func order() {
    let orders = (0..<10).map { runs(good(8), seed: $0, rounds: 3).baton.trace }
    #expect(orders == (0..<10).map { runs(good(8), seed: $0, rounds: 3).baton.trace })
    #expect(Set(orders).count > 5)
  }

  @Test("A group takes no more requests than the rule allows")
  func limit() {
    for seed in 0..<10 as Range<UInt64> {
      let (queue, _, failures) = runs(good(20), seed: seed, rounds: 3, rule: .init(requests: 4))
      #expect(failures.isEmpty)
      #expect(queue.groupCounts.largest <= 4)
      #expect(queue.executor.state.withLock { $0.committed.count } == 60)
    }
  }

  @Test("A group whose time is up commits, and the rest goes into the next one")
  func timeLimit() {
    for seed in 0..<10 as Range<UInt64> {
      let (queue, _, failures) = runs(good(20), seed: seed, rounds: 3, rule: .init(time: .zero))
      #expect(failures.isEmpty)
      #expect(queue.groupCounts.largest == 1)
      #expect(queue.executor.state.withLock { $0.committed.count } == 60)
    }
  }

  @Test("A request that fails does not fail its neighbours")
  func failure() {
    for seed in 0..<20 as Range<UInt64> {
      let (queue, _, failures) = runs(good(6) + [.init(number: 6, kind: .fails)], seed: seed)
      #expect(failures.mapValues { $0 as? FakeExecutor.Planted } == [6: .init(number: 6)])
      #expect(queue.executor.state.withLock { $0.committed.sorted() } == Array(0..<6))
    }
  }

  @Test("After an offender took the transaction with it, the others run again without it")
  func lost() {
    var reruns: UInt64 = 0
    for seed in 0..<20 as Range<UInt64> {
      let offenders = [6, 7].map { FakeExecutor.Request(number: $0, kind: .losesTransaction) }
      let (queue, _, failures) = runs(good(6) + offenders, seed: seed)
      #expect(Set(failures.keys) == [6, 7])
      #expect(queue.executor.state.withLock { $0.committed.sorted() } == Array(0..<6))
      reruns += queue.groupCounts.reruns
    }
    #expect(reruns == 40)
  }

  @Test("A failed COMMIT leaves the outcome of every request of the group unknown")
  func unknown() {
    let unknown = StorageError.closed
    let (queue, _, failures) = runs(good(8), seed: 3) { $0.commitResults = [.unknown(unknown)] }
    #expect(!failures.isEmpty)
    #expect(failures.values.allSatisfy { $0 as? StorageError == unknown })
    let committed = queue.executor.state.withLock { $0.committed }
    #expect(committed.count + failures.count == 8)
  }

  @Test("A constraint that breaks at COMMIT fails only the request that broke it")
  func rejected() {
    for seed in 0..<20 as Range<UInt64> {
      let (queue, _, failures) = runs(
        good(6) + [.init(number: 6, kind: .breaksCommit)], seed: seed)
      #expect(failures.mapValues { $0 as? StorageError } == [6: .invalidKey("constraint")])
      #expect(queue.executor.state.withLock { $0.committed.sorted() } == Array(0..<6))
    }
  }

  @Test("BUSY at BEGIN goes to all who waited for it, and to nobody who came later")
  func busy() {
    let busy = StorageError.acquireTimedOut(waited: .zero)
    let (queue, _, failures) = runs(good(8), seed: 3) { $0.beginErrors = [busy] }
    #expect(!failures.isEmpty)
    #expect(failures.values.allSatisfy { $0 as? StorageError == busy })
    #expect(queue.executor.state.withLock { $0.committed.count } == 8 - failures.count)
  }

  @Test("A request that no group takes in time leaves the queue")
  func timeout() {
    let baton = Baton(seed: 2)
    let executor = FakeExecutor(baton: baton, commitTime: .seconds(10))
    let queue = GroupQueue(executor: executor, environment: .simulated(baton))
    baton.run([
      ("leader", { #expect(throws: Never.self) { try queue.submit(.init(number: 1), .forever) } }),
      (
        "hurried",
        {
          while executor.state.withLock({ $0.runs == 0 }) { baton.yield() }
          try? baton.sleep(for: .seconds(1))
          #expect(throws: StorageError.acquireTimedOut(waited: .seconds(2))) {
            try queue.submit(.init(number: 2), .span(.seconds(2)))
          }
        }
      ),
    ])
    #expect(baton.deadlock == nil)
    #expect(executor.state.withLock { $0.committed } == [1])
    #expect(queue.waiting == 0)
  }

  @Test("When a process dies its followers leave, but never while a leader uses their request")
  func stopped() {
    for seed in 0..<60 as Range<UInt64> {
      let baton = Baton(seed: seed)
      let executor = FakeExecutor(baton: baton)
      let queue = GroupQueue(executor: executor, environment: .simulated(baton))
      let bodies = (0..<6).map { number -> Baton.Role in
        (
          "r\(number)",
          {
            defer { #expect(executor.state.withLock { $0.running } != number) }
            do {
              try queue.submit(.init(number: number), .forever)
            } catch {
              #expect(error as? StorageError == .stopped)
            }
          }
        )
      }
      let killer: Baton.Role = ("killer", { for number in 0..<6 { baton.stop("r\(number)") } })
      baton.run(bodies + [killer])
      #expect(baton.deadlock == nil, "seed \(seed)")
      #expect(queue.waiting == 0, "seed \(seed)")
    }
  }
}
