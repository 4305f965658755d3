public import AssayModel
import Glibc

/// Functions for folders and the files in them.
public enum Folder {
  /// Removes a file, a link or a folder with all its contents; links are not followed.
  ///
  /// - Throws: the first system error; a path that does not exist is not an error.
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

  /// Returns the names in a folder, sorted by their bytes; without `.` and `..`.
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
    // The order of String depends on Unicode tables; byte order never changes.
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Creates a folder and any missing parents; an existing folder is not an error.
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

  /// Returns true if the path is a folder, or a link to one.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Returns the folder that holds `path`: `.` for a bare name, `nil` for the root and the empty
  /// path.
  public static func parent(of path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard !parts.isEmpty else { return nil }
    let above = parts.dropLast().joined(separator: "/")
    if path.hasPrefix("/") { return "/" + above }
    return above.isEmpty ? "." : above
  }
}

extension Folder {
  /// Returns the bytes on the device used by a file, or by the files in a folder; 0 if it is
  /// missing.
  ///
  /// Links are not followed. Entries that vanish meanwhile or cannot be read count as nothing.
  public static func allocatedBytes(in path: String) -> Int64 {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return 0 }
    // `st_blocks` counts units of 512 bytes on every file system (stat(3type)).
    let own = Int64(status.st_blocks) * 512
    guard status.st_mode & S_IFMT == S_IFDIR, let names = try? list(path) else { return own }
    return names.reduce(own) { $0 + allocatedBytes(in: "\(path)/\($1)") }
  }

  /// Returns the time of the last change to a file or folder; `nil` if there is none.
  public static func changed(_ path: String) -> WallTime? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return WallTime(
      milliseconds: Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    )
  }
}
