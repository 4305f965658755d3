public import AssayModel
import Glibc

/// The file system that holds a path.
public struct FileSystemFacts: Hashable, Codable, Sendable {
  /// Name of the file system, such as `ext4`, `overlay`, `tmpfs` or `fuse.sshfs`; `unknown` if no
  /// mount visible to this process holds the path.
  public var type: String
  /// Options of the file system and the mount, as printed by the kernel; empty if unknown.
  public var options: String
  /// Mount point; empty if unknown.
  public var mountPoint: String
  /// Space that an unprivileged process may still write.
  public var free: ByteCount

  /// True if it lives in memory, so that a sync costs nothing and a power loss loses everything.
  public var isInMemory: Bool { type == "tmpfs" || type == "ramfs" }

  /// True if it lives on another machine, where locks and mapped memory are unreliable.
  public var isRemote: Bool {
    ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs"].contains(type)
  }

  /// Reads the facts from `/proc/self/mountinfo` and `statvfs`.
  ///
  /// - Parameter path: an existing file or folder.
  public static func of(_ path: String) throws(PlatformError) -> FileSystemFacts {
    let mounts = try ByteFile.readText("/proc/self/mountinfo", limit: 16 << 20)
    let mount = MountEntry.holding(try realPath(path), in: mounts)
    return FileSystemFacts(
      type: mount?.type ?? "unknown", options: mount?.options ?? "", mountPoint: mount?.point ?? "",
      free: try freeSpace(path))
  }

  /// Returns the space that an unprivileged process may still write at a path, from `statvfs`.
  public static func freeSpace(_ path: String) throws(PlatformError) -> ByteCount {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else {
      throw PlatformError(operation: "statvfs", errorNumber: errno, path: path)
    }
    return ByteCount(Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)))
  }

  private static func realPath(_ path: String) throws(PlatformError) -> String {
    guard let resolved = unsafe realpath(path, nil) else {
      throw PlatformError(operation: "realpath", errorNumber: errno, path: path)
    }
    defer { unsafe Glibc.free(resolved) }
    return unsafe String(cString: resolved)
  }
}

/// A line of `/proc/self/mountinfo`.
struct MountEntry: Equatable {
  var point: String
  var type: String
  var options: String

  /// Parses `36 35 98:0 /root /mnt rw,noatime shared:1 - ext4 /dev/sda rw,errors=continue`.
  init?(line: Substring) {
    let fields = line.split(separator: " ").map(String.init)
    // A variable number of optional fields ends with a lone hyphen.
    guard fields.count >= 10, let hyphen = fields.dropFirst(6).firstIndex(of: "-"),
      fields.count > hyphen + 3
    else { return nil }
    point = Self.unescaped(fields[4])
    type = fields[hyphen + 1]
    options = Self.merged(fields[5], fields[hyphen + 3])
  }

  /// Returns the mount that holds an absolute path without links; a later mount hides those it
  /// covers.
  static func holding(_ path: String, in mounts: String) -> MountEntry? {
    var best: MountEntry?
    for line in mounts.split(separator: "\n") {
      guard let entry = MountEntry(line: line) else { continue }
      let prefix = entry.point.hasSuffix("/") ? entry.point : entry.point + "/"
      guard path == entry.point || path.hasPrefix(prefix) else { continue }
      if entry.point.utf8.count >= best?.point.utf8.count ?? 0 { best = entry }
    }
    return best
  }

  /// Decodes blanks, tabs, line ends and backslashes, which the kernel writes as in `\040`.
  private static func unescaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(3), as: UTF8.self)
      if byte == UInt8(ascii: "\\"), digits.utf8.count == 3, let code = UInt8(digits, radix: 8) {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func merged(_ mount: String, _ system: String) -> String {
    var seen: [Substring] = []
    for option in mount.split(separator: ",") + system.split(separator: ",")
    where !seen.contains(option) {
      seen.append(option)
    }
    return seen.joined(separator: ",")
  }
}
