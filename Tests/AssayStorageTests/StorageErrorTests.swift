import AssayModel
import Foundation
import SQLiteDriver
import Testing

@testable import AssayStorage

@Suite("Errors of storage")
struct StorageErrorTests {
  private func failure(
    _ code: ResultCode, _ operation: SQLiteError.Operation = .step,
    cutShort: SQLiteError.CutShort? = nil
  ) -> SQLiteError {
    SQLiteError(code: code, message: "planted", operation: operation, cutShort: cutShort)
  }

  @Test("What cut a statement short decides what its error becomes")
  func sorting() {
    let late = failure(.interrupt, cutShort: .deadline)
    #expect(StorageError(late) == .queryTimedOut(late))
    #expect(StorageError(failure(.busy, cutShort: .actorStopped)) == .stopped)
    #expect(StorageError(failure(.busy)) == .sqlite(failure(.busy)))
    #expect(StorageError(ActorStopped() as any Error) == .stopped)
    #expect(StorageError(CancellationError() as any Error) == nil)
    #expect(StorageError(failure(.busySnapshot)).isBusy)
    #expect(StorageError(failure(.busy, cutShort: .deadline)).isBusy)
    #expect(!StorageError.closed.isBusy)
  }

  @Test("Only a COMMIT in doubt and a stopped actor leave an outcome unknown")
  func unknown() {
    #expect(StorageError.commitOutcomeUnknown(failure(.ioError)).outcomeIsUnknown)
    #expect(StorageError.stopped.outcomeIsUnknown)
    #expect(!StorageError.sqlite(failure(.ioError)).outcomeIsUnknown)
    #expect(!StorageError.acquireTimedOut(waited: .zero).outcomeIsUnknown)
  }

  @Test(
    "A statement that is its own transaction may have been committed after errors of its COMMIT")
  func hidden() {
    for code in [ResultCode.ioError, .full, .noMemory] { #expect(failure(code).mayHideCommit) }
    #expect(!failure(.constraint).mayHideCommit)
    #expect(!failure(.interrupt).mayHideCommit)
    #expect(!failure(.ioError, .prepare).mayHideCommit)
  }

  @Test("writeStatement reports such an error as unknown, write and read do not")
  func mapped() throws {
    let planted = failure(.ioError)
    let database = try Database(
      DatabaseConfiguration(path: ":memory:"), environment: .real())
    #expect(throws: StorageError.commitOutcomeUnknown(planted)) {
      try database.writeStatement { _ in throw planted }
    }
    #expect(throws: StorageError.sqlite(planted)) { try database.write { _ in throw planted } }
    #expect(throws: StorageError.sqlite(planted)) { try database.read { _ in throw planted } }
  }

  @Test("A connection that met damage is closed, and the next body gets a fresh one")
  func discarded() throws {
    let folder = try TemporaryFolder()
    let environment = try StorageEnvironment.real()
    let store = try KeyValueStore(folder.open(environment))
    for index in 0..<200 {
      try store.store(key: "k\(index)", value: [UInt8](repeating: UInt8(index), count: 2_000))
    }
    _ = try store.database.withConnection { try $0.checkpoint(.truncate) }
    store.database.close()

    let url = URL(fileURLWithPath: folder.database)
    var bytes = try Data(contentsOf: url)
    for index in 4_096..<bytes.count { bytes[index] = 0xAA }
    try bytes.write(to: url)

    let damaged = try KeyValueStore(folder.open(environment))
    for round in 1...3 as ClosedRange<UInt64> {
      do {
        _ = try damaged.load("k1")
        Issue.record("read through damage")
      } catch {
        #expect(error.sqliteError?.code.primary == .corrupt)
      }
      #expect(damaged.database.statistics.discarded == round)
    }
    #expect(damaged.database.statistics.opened == 3)
  }
}
