import AssayModel
import CSQLite
import Synchronization

/// Observes the syncs of directories, which SQLite's own layer makes within `xSync` and `xDelete`,
/// out of reach of a layer above it.
///
/// Replaces the system call `openDirectory` of that layer, which serves only this purpose (SQLite's
/// os_unix.c). The table of system calls belongs to the process, so there is only one hook.
enum DirectorySyncHook {
  private typealias OpenDirectory =
    @convention(c) (UnsafePointer<CChar>?, UnsafeMutablePointer<Int32>?) -> Int32

  // Safe and unchecked because of the function, which is SQLite's and never changes.
  @safe
  private struct State: @unchecked Sendable {
    var original: OpenDirectory
    var witness: RealFileWitness
  }

  private static let state = Mutex<State?>(nil)
  private static let name = "openDirectory"

  /// Starts reporting to a witness.
  static func install(_ witness: RealFileWitness, _ base: UnsafeMutablePointer<sqlite3_vfs>) {
    guard unsafe base.pointee.iVersion >= 3, let get = unsafe base.pointee.xGetSystemCall,
      let original = unsafe get(base, name)
    else { return }
    let function = unsafe unsafeBitCast(original, to: OpenDirectory.self)
    state.withLock { state in
      precondition(state == nil, "two witnesses in one process")
      unsafe state = State(original: function, witness: witness)
    }
    let hook: OpenDirectory = { unsafe DirectorySyncHook.open($0, $1) }
    _ = unsafe base.pointee.xSetSystemCall(
      base, name, unsafeBitCast(hook, to: sqlite3_syscall_ptr.self))
  }

  /// Removes the hook.
  static func remove(_ base: UnsafeMutablePointer<sqlite3_vfs>) {
    guard state.withLock({ $0 != nil }) else { return }
    _ = unsafe base.pointee.xSetSystemCall(base, name, nil)
    state.withLock { $0 = nil }
  }

  /// - Parameter path: path of the file whose directory is synced.
  private static func open(
    _ path: UnsafePointer<CChar>?, _ descriptor: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let state = state.withLock({ $0 }), let path = unsafe path else { return SQLITE_CANTOPEN }
    let code = unsafe state.original(path, descriptor)
    if code == SQLITE_OK { unsafe state.witness.syncedDirectory(FileKind(path: path)) }
    return code
  }
}
