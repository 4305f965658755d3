import AssayModel
import CSQLite
import Foundation
import Synchronization
import Testing

@testable import FaultVFS

/// A folder of its own for one test, removed when the last reference goes.
final class RealFolder: Sendable {
  let path: String

  init() throws {
    path = "\(NSTemporaryDirectory())/assay-real-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }
}

/// A connection over the C interface: codes are what these tests are about.
///
/// Safe because the handle is private, set once and closed in `deinit`.
@safe
final class RealConnection {
  private let handle: OpaquePointer?

  /// - Parameter vfs: `nil` for SQLite's own layer.
  init(_ path: String, vfs: String?) throws {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = unsafe sqlite3_open_v2(path, &handle, flags, vfs)
    unsafe self.handle = handle
    unsafe sqlite3_extended_result_codes(handle, 1)
    try #require(code == SQLITE_OK, "sqlite3_open_v2 answered \(code)")
  }

  deinit { unsafe sqlite3_close(handle) }

  /// Runs statements; returns the extended result code.
  @discardableResult
  func run(_ sql: String) -> Int32 { unsafe sqlite3_exec(handle, sql, nil, nil, nil) }

  /// Runs statements that must succeed.
  func execute(_ sql: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let code = run(sql)
    #expect(code == SQLITE_OK, "\(sql)", sourceLocation: sourceLocation)
  }

  /// The first column of every row as text; `nil` when the statement failed.
  func texts(_ sql: String) -> [String]? {
    var statement: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
      return nil
    }
    defer { unsafe sqlite3_finalize(statement) }
    var texts: [String] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW:
        texts.append(unsafe String(cString: sqlite3_column_text(statement, 0)))
      case SQLITE_DONE: return texts
      default: return nil
      }
    }
  }
}

/// A file system layer under a name of its own, and a folder to use it in.
struct RealBench {
  let folder: RealFolder
  let system: RealFileSystem
  let name: String

  private static let count = Atomic<Int>(0)

  init(_ settings: RealFileSystemSettings = RealFileSystemSettings()) throws {
    folder = try RealFolder()
    name = "real-test-\(Self.count.add(1, ordering: .relaxed).newValue)"
    system = try RealFileSystem(settings, name: name)
  }

  /// With these faults, all of this process.
  init(_ faults: FaultSpecification..., seed: UInt64 = 1) throws {
    var settings = RealFileSystemSettings()
    settings.faults = faults.enumerated().map { .init(number: $0.offset, fault: $0.element) }
    settings.seed = Seed(seed)
    try self.init(settings)
  }

  func open(_ file: String = "a.db") throws -> RealConnection {
    try RealConnection(folder.file(file), vfs: name)
  }

  /// Opens with SQLite's own layer, which sees what is really there.
  func openPlainly(_ file: String = "a.db") throws -> RealConnection {
    try RealConnection(folder.file(file), vfs: nil)
  }

  /// Faults may happen from now on.
  func arm() {
    let now = MonotonicTime(nanoseconds: monotonicNanoseconds())
    system.arm(measuredFrom: now, measuredUntil: now + .seconds(1_000))
  }
}

extension FaultSpecification {
  /// A fault of the file system layer of this process.
  static func real(
    _ kind: Kind, _ trigger: Trigger, method: VFSMethod? = nil, file: FileKind? = nil,
    lasting: Lasting = .once, duration: Nanoseconds? = nil, drops: Bool = false
  ) -> FaultSpecification {
    var fault = FaultSpecification(kind: kind, target: .all, trigger: trigger)
    fault.method = method
    fault.file = file
    fault.lasting = lasting
    fault.duration = duration
    fault.dropsDirtyPages = drops
    return fault
  }
}
