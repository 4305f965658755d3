import Foundation
import Platform
import Synchronization

/// Looks for the most bytes that a database and the files beside it take together.
final class DiskWatch: Sendable {
  private struct State {
    var peak: UInt64 = 0
    var isOver = false
  }

  private let state = Mutex(State())

  init(database: String) {
    let paths = ["", "-wal", "-journal", "-shm"].map { database + $0 }
    Thread.detachNewThread { [self] in
      while !look(paths) { Thread.sleep(forTimeInterval: 0.001) }
    }
  }

  /// Adds the lengths up; returns whether it was the last time.
  private func look(_ paths: [String]) -> Bool {
    let sum = paths.reduce(UInt64(0)) { sum, path in
      sum + UInt64(max(0, (try? ByteFile.size(of: path)) ?? 0))
    }
    return state.withLock { state in
      state.peak = max(state.peak, sum)
      return state.isOver
    }
  }

  /// Ends it; returns the most that was seen.
  @discardableResult
  func end() -> UInt64 {
    state.withLock { state in
      state.isOver = true
      return state.peak
    }
  }
}
