import AssayModel
import Glibc
import Platform
import Synchronization
import Testing

/// A folder of its own for one test, removed when it goes out of scope.
final class TemporaryFolder {
  let path: String

  init(_ root: String = "/tmp") throws {
    var name = Array("\(root)/assay-platform-XXXXXX".utf8CString)
    let made = unsafe name.withUnsafeMutableBufferPointer { bytes in
      unsafe bytes.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    try #require(made)
    path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func file(_ name: String) -> String { path + "/" + name }

  deinit { try? Folder.remove(path) }
}

/// Starts a program without arguments or environment and returns its process id.
func spawnProgram(_ path: String, _ arguments: String...) throws -> Int32 {
  var pid: pid_t = 0
  let words = [path] + arguments
  var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
  defer { unsafe pointers.forEach { unsafe free($0) } }
  let result = unsafe posix_spawn(&pid, path, nil, nil, &pointers, nil)
  try #require(result == 0)
  return pid
}

/// Yields the processor until the condition holds; fails the test after five seconds.
func waitUntil(_ what: String, _ condition: () -> Bool) throws {
  let time = SystemTime()
  let limit = time.monotonicNow() + .seconds(5)
  while !condition() {
    try #require(time.monotonicNow() < limit, "waited 5 s until \(what)")
    sched_yield()
  }
}
