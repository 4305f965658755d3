import AssayModel
import FaultVFS
import SQLiteDriver
import Workloads

/// Opens an image on the current simulated disk, which recovers it, and reads what is in it.
struct ImageReader {
  /// The database's path on the simulated disk.
  static let path = "/assay.db"

  private let options: ConnectionOptions
  private let checksForeignKeys: Bool
  private var digester: ContentDigester?

  /// - Parameters:
  ///   - time: of the connections; nothing waits.
  ///   - checksForeignKeys: whether the schema has any.
  init(time: any TimeSource, checksForeignKeys: Bool) {
    options = ConnectionOptions(
      path: Self.path, vfs: VFSName.simulated, time: time, statementCacheCapacity: 16)
    self.checksForeignKeys = checksForeignKeys
  }

  /// Recovers, checks and reads an image.
  ///
  /// - Parameter closesNaturally: lets the close checkpoint a write-ahead log, as an application
  ///   would, instead of leaving the files alone, which is quicker.
  mutating func read(closesNaturally: Bool) -> ImageState {
    do throws(SQLiteError) {
      var connection = try Connection(options)
      if !closesNaturally { connection.keepLogAtClose() }
      guard try connection.isSound() else { return .damaged }
      if checksForeignKeys, try !connection.foreignKeyCheck().isEmpty { return .damaged }
      return .content(try digest(&connection))
    } catch {
      return .unreadable(code: error.code.rawValue)
    }
  }

  /// Reads the content of an image that was recovered before.
  mutating func readAgain() -> ImageState {
    do throws(SQLiteError) {
      var connection = try Connection(options)
      return .content(try digest(&connection))
    } catch {
      return .unreadable(code: error.code.rawValue)
    }
  }

  private mutating func digest(
    _ connection: inout Connection
  ) throws(SQLiteError) -> Digest128 {
    if digester == nil { digester = try ContentDigester(&connection) }
    guard let digest = try digester?.digest(&connection) else {
      preconditionFailure("the digester was just made")
    }
    return digest
  }

  /// Opens the image for a body of one's own.
  func withConnection<Value>(_ body: (inout Connection) throws -> Value) throws -> Value {
    var connection = try Connection(options)
    return try body(&connection)
  }
}
