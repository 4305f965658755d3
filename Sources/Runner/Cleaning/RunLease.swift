import Platform

/// Marks a run's folder as that of a run under way, for as long as its coordinator lives.
///
/// The file names the folder of the databases where that lies outside of the run's, so that what a
/// killed coordinator left there is found. It goes with the run, unless something is left there.
final class RunLease: Sendable {
  static let name = "run.lock"

  private let lock: FileLock
  private let outside: String?

  /// - Parameters:
  ///   - folder: the run's; it exists.
  ///   - data: where its databases live.
  init(folder: String, data: String) throws(PlatformError) {
    outside = data.hasPrefix(folder + "/") ? nil : data
    lock = try FileLock(creating: "\(folder)/\(Self.name)", text: outside.map { $0 + "\n" } ?? "")
  }

  deinit {
    if let outside, ByteFile.exists(outside) { return }
    try? Folder.remove(lock.path)
  }

  /// Whether the coordinator of a run's folder lives.
  static func isHeld(_ folder: String) -> Bool { FileLock.isHeld("\(folder)/\(name)") }

  /// The folder of databases outside of a run's that the run has named; `nil` if there is none.
  ///
  /// Only a folder that bears the run's own name is believed, as `RunFolder` makes it.
  static func dataOutside(of folder: String) -> String? {
    guard let text = try? ByteFile.readText("\(folder)/\(name)", limit: 1 << 16),
      let line = text.split(separator: "\n").first.map(String.init),
      line.split(separator: "/").last == folder.split(separator: "/").last,
      Folder.isFolder(line)
    else { return nil }
    return line
  }
}
