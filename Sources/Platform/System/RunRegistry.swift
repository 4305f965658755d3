public import AssayModel
import Glibc
import Synchronization

/// The runs of Assay currently active on this machine.
///
/// Each run keeps a small file in a folder shared by all users, and holds an advisory lock
/// (`flock`) on it. The kernel releases the lock when the process ends, however it ends: a file
/// that can be locked is stale. This works across users and across containers that share the
/// folder, where process ids are meaningless.
public final class RunRegistry: Sendable {
  /// Overrides the folder, for tests.
  public static let folderVariable = "ASSAY_RUNTIME_DIR"
  /// Folders for files of running programs, in order of preference.
  private static let parents = ["/run/lock", "/dev/shm", "/tmp"]
  private static let suffix = ".run"
  private static let sizeLimit = 1_024
  private static let scenarioLimit = 64

  private let folder: String
  private let name: String
  private let descriptor: Int32
  private static let number = Atomic<Int>(0)

  /// Announces a run.
  ///
  /// - Returns: `nil` if no folder accepts the file. A run does not fail for that.
  public init?(scenario: String, started: WallTime, folder: String? = nil) {
    guard let folder = folder ?? Self.usualFolder() else { return nil }
    let serial = Self.number.add(1, ordering: .relaxed).newValue
    let base = "\(getpid())-\(started.milliseconds)-\(serial)"
    let hidden = "\(folder)/.\(base)"
    let file = unsafe open(hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else { return nil }
    var text = "\(getpid())\n\(started.milliseconds)\n\(scenario)\n"
    let isWritten = text.withUTF8 { unsafe write(file, $0.baseAddress, $0.count) == $0.count }
    // It gets its name only once it is locked, so that no reader takes it for a stale one.
    guard isWritten, flock(file, LOCK_EX | LOCK_NB) == 0,
      unsafe rename(hidden, "\(folder)/\(base)\(Self.suffix)") == 0
    else {
      close(file)
      unsafe unlink(hidden)
      return nil
    }
    self.folder = folder
    name = base + Self.suffix
    descriptor = file
  }

  deinit {
    unsafe unlink("\(folder)/\(name)")
    close(descriptor)
  }

  /// Returns the other runs at this moment, oldest first; stale files are removed.
  public func others() -> [OtherRun] {
    let names = (try? Folder.list(folder)) ?? []
    return names.filter { $0.hasSuffix(Self.suffix) && $0 != name }
      .compactMap { Self.run("\(folder)/\($0)") }.sorted { $0.started < $1.started }
  }

  /// Reads the file of a run; `nil` if that run is over.
  private static func run(_ path: String) -> OtherRun? {
    // Any user may put any file into the folder: no link is followed, no pipe is waited for.
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    if flock(file, LOCK_SH | LOCK_NB) == 0 {
      unsafe unlink(path)
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: sizeLimit)
    let count = unsafe read(file, &bytes, bytes.count)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, let process = Int32(lines[0]), let started = Int64(lines[1]) else {
      return nil
    }
    let scenario = lines[2].prefix(scenarioLimit).unicodeScalars.filter { (32..<127) ~= $0.value }
    return OtherRun(
      process: process, started: WallTime(milliseconds: started),
      scenario: String(String.UnicodeScalarView(scenario)))
  }

  private static func usualFolder() -> String? {
    if let own = unsafe getenv(folderVariable) {
      let path = unsafe String(cString: own)
      try? Folder.create(path)
      return Folder.isFolder(path) ? path : nil
    }
    for parent in parents {
      let path = "\(parent)/assay"
      // Like /tmp: all users may add files, and remove only their own.
      if unsafe mkdir(path, 0o1777) == 0 { _ = unsafe chmod(path, 0o1777) }
      if Folder.isFolder(path), unsafe access(path, W_OK | X_OK) == 0 { return path }
    }
    return nil
  }
}
