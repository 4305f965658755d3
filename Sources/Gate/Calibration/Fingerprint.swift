/// Properties that must be equal for two measurements to count as taken on one machine.
public struct Fingerprint: Hashable, Codable, Sendable {
  /// Model name of the processor.
  public var processor: String
  /// Number of processors.
  public var cores: Int
  /// Kernel release.
  public var kernel: String
  /// Type of the file system that held the databases.
  public var fileSystem: String
  /// Mount options of that file system, as the system names them.
  public var mount: String
  /// SQLite source id of the base.
  public var sqliteSourceID: String

  /// Creates a fingerprint.
  public init(
    processor: String, cores: Int, kernel: String, fileSystem: String, mount: String,
    sqliteSourceID: String
  ) {
    self.processor = processor
    self.cores = cores
    self.kernel = kernel
    self.fileSystem = fileSystem
    self.mount = mount
    self.sqliteSourceID = sqliteSourceID
  }

  /// Returns the differences from another fingerprint as readable text; empty if there are none.
  public func differences(from other: Fingerprint) -> [String] {
    var found: [String] = []
    func compare(_ name: String, _ mine: String, _ theirs: String) {
      if mine != theirs { found.append("\(name) '\(theirs)' instead of '\(mine)'") }
    }
    compare("processor", processor, other.processor)
    compare("cores", String(cores), String(other.cores))
    compare("kernel", kernel, other.kernel)
    compare("file system", fileSystem, other.fileSystem)
    compare("mount", mount, other.mount)
    compare("SQLite", sqliteSourceID, other.sqliteSourceID)
    return found
  }
}
