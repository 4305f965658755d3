import Glibc

/// Folders and the files in them.
public enum Folder {
  /// Removes a file, a link or a folder with everything in it; links are not followed.
  ///
  /// - Throws: what the system refused first; a path that does not exist is no error.
  public static func remove(_ path: String) throws(PlatformError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw PlatformError(operation: "lstat", errorNumber: errno, path: path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard unsafe unlink(path) == 0 || errno == ENOENT else {
        throw PlatformError(operation: "unlink", errorNumber: errno, path: path)
      }
      return
    }
    for name in try list(path) { try remove(path + "/" + name) }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else {
      throw PlatformError(operation: "rmdir", errorNumber: errno, path: path)
    }
  }

  /// The names in a folder, sorted by their bytes; without `.` and `..`.
  public static func list(_ path: String) throws(PlatformError) -> [String] {
    guard let folder = unsafe opendir(path) else {
      throw PlatformError(operation: "opendir", errorNumber: errno, path: path)
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(folder) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else {
      throw PlatformError(operation: "readdir", errorNumber: errno, path: path)
    }
    // The order of String depends on Unicode tables; that of the bytes never changes.
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Creates a folder and those above it that are missing; one that exists is no error.
  public static func create(_ path: String) throws(PlatformError) {
    if unsafe mkdir(path, 0o755) == 0 { return }
    let failure = errno
    if failure == EEXIST, isFolder(path) { return }
    guard failure == ENOENT, let parent = parent(of: path) else {
      throw PlatformError(operation: "mkdir", errorNumber: failure, path: path)
    }
    try create(parent)
    guard unsafe mkdir(path, 0o755) == 0 || (errno == EEXIST && isFolder(path)) else {
      throw PlatformError(operation: "mkdir", errorNumber: errno, path: path)
    }
  }

  /// Whether the path is a folder, or a link to one.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The folder that holds `path`: `.` for a bare name, `nil` for the root and the empty path.
  public static func parent(of path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard !parts.isEmpty else { return nil }
    let above = parts.dropLast().joined(separator: "/")
    if path.hasPrefix("/") { return "/" + above }
    return above.isEmpty ? "." : above
  }
}
