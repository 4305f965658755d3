import AssayModel
import Foundation
import Platform
import SQLiteDriver
import Testing

@testable import Runner

/// A folder of its own for one test, removed with it.
final class DoctorFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-doctor-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
  }

  func copy(_ name: String, to other: String, endings: [String]) throws {
    for ending in endings {
      try FileManager.default.copyItem(atPath: file(name + ending), toPath: file(other + ending))
    }
  }

  /// All names with their content: what may not change while a database is examined.
  func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      contents[name] = try Data(contentsOf: URL(fileURLWithPath: file(name)))
    }
    return contents
  }

  /// Opens a database, which then stays open for as long as the connection lives.
  func open(_ name: String, _ pragmas: [Pragma]) throws -> Connection {
    try Connection(ConnectionOptions(path: file(name), pragmas: pragmas, time: SystemTime()))
  }

  /// Makes a database with a table and some pages, and closes it.
  func make(_ name: String, _ pragmas: [Pragma]) throws {
    var connection = try open(name, pragmas)
    try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES (randomblob(10000))")
    try connection.close()
  }
}

extension DoctorReport {
  /// The value that a fresh connection sees.
  func value(_ name: String) -> String? { database?.settings.first { $0.name == name }?.value }

  /// Where a setting lives.
  func home(_ name: String) -> DatabaseSetting.Home? {
    database?.settings.first { $0.name == name }?.home
  }

  /// Names of what the database's reader should know.
  var hintIDs: [String] { database?.hints.map(\.id) ?? [] }
}

/// The error that an examination ends with, or nil.
func refusal(_ path: String) -> RunnerError? {
  do throws(RunnerError) {
    _ = try Doctor.examine(path: path)
    return nil
  } catch {
    return error
  }
}
