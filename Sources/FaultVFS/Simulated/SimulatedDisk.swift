public import AssayModel
import CSQLite
import Glibc

/// A disk in memory that SQLite uses through `sqlite3_vfs`: files, names, locks, shared memory, and
/// a log of every operation that a power loss could undo.
///
/// Only one actor at a time uses it (decision 3 of the design: one simulation per process, parallel
/// by processes), so it needs no locks.
@safe
public final class SimulatedDisk: @unchecked Sendable {
  // Unchecked because the baton lets only one thread call at a time.
  // Safe because names are owned C strings that live as long as the disk.

  /// Log of all operations while `isLogging` is true.
  public let log = DiskLog()
  /// Indicates that operations are logged; false during set-up and recovery.
  public private(set) var isLogging = false
  /// Content of the files at the start of logging, by inode.
  private(set) var base: DiskState?
  /// Log positions of data dropped by failed syncs, which never reaches the files again.
  var dropped: Set<Int> = []
  /// Fixed properties of the disk.
  public let settings: DiskSettings
  /// Called before every call takes effect; `nil` for none.
  public var yieldPoint: (any YieldPoint)? {
    didSet {
      gate = yieldPoint.map(YieldGate.init)
      unsafe openGate = gate.map(Unmanaged.passUnretained)
      updateIsPlain()
    }
  }
  private var gate: YieldGate?
  /// The same, kept alive by `gate`.
  private var openGate: Unmanaged<YieldGate>?
  /// Observer of calls on files opened from now on; `nil` for none.
  public var observer: (any DiskObserver)?
  /// Wall clock time without a yield point.
  public var wallTime = WallTime(milliseconds: 1_767_225_600_000)

  private(set) var inodes: [SimulatedInode?] = []
  private var names: [Name] = []
  private var openFiles: [Int32: OpenFile] = [:]
  private var lastFileNumber: Int32 = 0
  private var randomState: UInt64
  private var transactions: Int64 = 0
  private var fault: CallFaultState?
  /// Consulted on every call of an actor when the actor resumes it; `nil` for none. Needs a yield
  /// point.
  public var callFaults: (any CallFaultSource)?
  /// True if no yield point, fault or latency is set: the fast path of recovery.
  private(set) var isPlain = true
  /// Old bytes of every change since the mark; used by crash images.
  var undo = UndoLog()
  /// Number of the actor that holds the checkpoint lock; -1 for none.
  private var checkpointer = -1
  /// True if that actor has read from the log since it took the lock.
  private var hasReadFrames = false
  /// Number of log restarts between the moment another actor took the checkpoint lock and its first
  /// read from the log: the window of the WAL-reset bug.
  public private(set) var restartsUnderCheckpoint = 0
  /// Every checkpoint that left more frames marked as checkpointed than the log holds.
  public private(set) var sharedMemoryFaults: [SharedMemoryFault] = []
  var isUndoing = false
  /// Lock slot that every shared memory fails to record: a VFS bug planted by tests.
  var forgottenSlot: Int?
  /// Shared memory at the time of a death, while dead processes unwind; `nil` otherwise.
  var sharedMemoryAtDeath: [SharedMemoryCopy]?
  private let latencies: [VFSMethod: Nanoseconds]
  private let hasLatencies: Bool
  /// Answer to SQLite's query at every opening.
  let deviceCharacteristics: Int32

  /// A name in the only directory.
  ///
  /// Safe because the disk owns the text and frees it last.
  @safe
  struct Name {
    /// The path as passed by SQLite; never freed while the disk lives.
    let path: UnsafeMutablePointer<CChar>
    /// Number of the file under this name; -1 for none.
    var inode: Int32
  }

  /// Creates an empty disk.
  ///
  /// - Parameter seed: seed of `xRandomness`.
  public init(settings: DiskSettings = DiskSettings(), seed: Seed = Seed(0)) {
    self.settings = settings
    randomState = seed.rawValue
    hasLatencies = !settings.latencies.isEmpty
    deviceCharacteristics = settings.deviceCharacteristics
    latencies = Dictionary(
      settings.latencies.map { ($0.method, $0.span) }, uniquingKeysWith: { first, _ in first })
    updateIsPlain()
  }

  deinit {
    for name in names { unsafe name.path.deallocate() }
  }

  /// Sets the next fault; counting starts with the next call.
  public func setFault(_ fault: CallFault?) {
    self.fault = fault.map(CallFaultState.init)
    updateIsPlain()
  }

  /// Number of calls counted by the fault and number of calls hit.
  public var faultCounts: (calls: Int, hits: Int) { (fault?.calls ?? 0, fault?.hits ?? 0) }

  /// Number of open files; 0 if none has leaked.
  public var openFileCount: Int { openFiles.count }

  private func updateIsPlain() {
    isPlain = yieldPoint == nil && fault == nil && !hasLatencies
  }

  /// Reseeds `xRandomness`.
  public func reseed(_ seed: Seed) { randomState = seed.rawValue }

  // MARK: Calls

  /// Announces a call; returns the effect of a fault on it.
  ///
  /// - Parameter grows: true if a file must grow for it.
  /// - Returns: `.dead` if the caller's process has died.
  func enter(
    _ method: VFSMethod, _ file: FileKind?, bytes: Int = 0, grows: Bool = false
  ) -> CallAdmission {
    if let gate = unsafe openGate {
      let isAlive = unsafe gate._withUnsafeGuaranteedRef { gate in
        guard gate.point.reached(method, file) else { return false }
        guard hasLatencies, let latency = latencies[method] else { return true }
        return gate.point.sleep(for: latency)
      }
      guard isAlive else { return .dead }
      if let effect = callFaults?.effect(on: method, file, bytes: bytes, grows: grows) {
        return .fault(effect)
      }
    }
    if fault != nil, let effect = fault?.next(method, file) { return .fault(effect) }
    return .admitted
  }

  /// Marks a process as dead: its locks vanish, its handles stay open until SQLite closes them.
  public func processDied(_ process: Int) {
    keepSharedMemory()
    for number in openFiles.keys.sorted() {
      if let file = openFiles[number], file.process == process { file.releaseLocks() }
    }
  }

  // MARK: Names

  /// Returns the number of a name, which is fixed for the life of the disk.
  private func nameNumber(_ path: UnsafePointer<CChar>) -> Int? {
    for index in names.indices where unsafe strcmp(names[index].path, path) == 0 {
      return index
    }
    return nil
  }

  func makeName(_ path: UnsafePointer<CChar>) -> Int {
    if let number = unsafe nameNumber(path) { return number }
    let length = unsafe strlen(path) + 1
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: length)
    unsafe copy.initialize(from: path, count: length)
    unsafe names.append(Name(path: copy, inode: -1))
    return names.count - 1
  }

  /// Returns the path of a name in the log.
  public func path(ofName number: Int32) -> String {
    guard names.indices.contains(Int(number)) else { return "?" }
    return unsafe String(cString: names[Int(number)].path)
  }

  /// Returns the file at a path.
  func inode(at path: UnsafePointer<CChar>) -> SimulatedInode? {
    guard let number = unsafe nameNumber(path) else { return nil }
    return inode(ofName: number)
  }

  /// Returns the file under a name.
  func inode(ofName number: Int) -> SimulatedInode? {
    let inode = names[number].inode
    return inode < 0 ? nil : inodes[Int(inode)]
  }

  /// Returns the path of a name, which lives as long as the disk.
  func name(_ number: Int) -> UnsafePointer<CChar> { unsafe UnsafePointer(names[number].path) }

  /// Number of names ever used.
  var nameCount: Int { names.count }

  /// Returns the number of the file under a name; -1 for none.
  func inodeNumber(ofName number: Int) -> Int32 { names[number].inode }

  /// Binds a name to a file, or to none.
  func setName(_ number: Int32, inode: Int32) {
    if isUndoing { undo.append(.name(number, inode: names[Int(number)].inode)) }
    names[Int(number)].inode = inode
  }

  /// Removes a name.
  ///
  /// - Returns: OK, or `SQLITE_IOERR_DELETE_NOENT`.
  func remove(name number: Int32, syncsDirectory: Bool) -> Int32 {
    guard let file = inode(ofName: Int(number)) else { return assay_IOERR_DELETE_NOENT }
    record(.delete, file, name: number)
    setName(number, inode: -1)
    if syncsDirectory { record(.directorySync, file) }
    return SQLITE_OK
  }

  func remove(_ path: UnsafePointer<CChar>, syncsDirectory: Bool) -> Int32 {
    guard let number = unsafe nameNumber(path) else { return assay_IOERR_DELETE_NOENT }
    return remove(name: Int32(number), syncsDirectory: syncsDirectory)
  }

  // MARK: Files

  /// Creates a file without a name.
  func makeInode(_ kind: FileKind) -> SimulatedInode {
    let inode = SimulatedInode(number: Int32(inodes.count), kind: kind)
    inodes.append(inode)
    if isUndoing { undo.append(.inodeMade) }
    return inode
  }

  /// Opens a file, creating it if the flags ask for it.
  ///
  /// - Returns: `nil` if the file does not exist and may not be created.
  func open(_ path: UnsafePointer<CChar>?, flags: Int32) -> OpenFile? {
    let kind = FileKind(flags: flags)
    let mayCreate = flags & SQLITE_OPEN_CREATE != 0
    var name: Int32 = -1
    let inode: SimulatedInode
    if let path = unsafe path {
      let number = unsafe makeName(path)
      name = Int32(number)
      if let existing = self.inode(ofName: number) {
        inode = existing
      } else {
        guard mayCreate else { return nil }
        inode = makeInode(kind)
        record(.create, inode, name: name)
        setName(name, inode: inode.number)
      }
    } else {
      inode = makeInode(.temporary)
    }
    lastFileNumber += 1
    let isJournal = kind == .journal || kind == .wal || kind == .superJournal
    let file = OpenFile(
      number: lastFileNumber, disk: self, inode: inode, kind: kind,
      process: Int32(yieldPoint?.currentProcess ?? 0), isNamed: name >= 0 && kind != .temporary,
      syncsDirectory: mayCreate && isJournal,
      deletesName: flags & SQLITE_OPEN_DELETEONCLOSE != 0 ? name : -1)
    openFiles[file.number] = file
    return file
  }

  func close(_ file: OpenFile) {
    file.close()
    openFiles[file.number] = nil
  }

  /// Returns the number of the file at a path; `nil` for none.
  public func fileNumber(at path: String) -> Int32? {
    unsafe path.withCString { path in unsafe inode(at: path)?.number }
  }

  /// Clears shared memory like a restart of the machine, under connections that stay open.
  public func clearSharedMemory() {
    for inode in inodes { inode?.sharedMemory?.reset() }
  }

  /// Number of changes to files and names kept for undo.
  public var changeCount: Int { undo.entries.count }

  /// Undoes all changes since undo began except the first `count`.
  func rollBack(to count: Int) {
    while undo.entries.count > count {
      unsafe undo.removeLast { entry, bytes in
        switch entry {
        case .bytes(let number, let offset, let count, let length):
          guard let inode = inodes[Int(number)] else { return }
          if count > 0 { unsafe inode.write(bytes, count: count, at: offset) }
          inode.truncate(to: length)
        case .name(let name, let inode): names[Int(name)].inode = inode
        case .inodeMade: inodes.removeLast()
        }
      }
    }
  }

  func write(
    _ inode: SimulatedInode, _ bytes: UnsafeRawPointer, count: Int, at offset: Int, isNamed: Bool
  ) {
    if isUndoing { undo.save(inode, offset: offset, count: count) }
    unsafe inode.write(bytes, count: count, at: offset)
    if isLogging, isNamed {
      unsafe log.append(
        operation(.write, inode, offset: Int64(offset), count: Int32(count)), bytes: bytes)
    }
  }

  func truncate(_ inode: SimulatedInode, to length: Int, isNamed: Bool) {
    if isUndoing { undo.save(inode, offset: length, count: max(0, inode.count - length)) }
    inode.truncate(to: length)
    if isLogging, isNamed { log.append(operation(.truncate, inode, offset: Int64(length))) }
  }

  /// Number of the calling actor; -1 for none.
  private var currentActor: Int {
    guard let gate = unsafe openGate else { return -1 }
    return unsafe gate._withUnsafeGuaranteedRef { $0.point.currentActor }
  }

  // MARK: Log

  /// Treats the present state as durable and starts logging.
  public func beginLog() {
    log.removeAll()
    dropped = []
    transactions = 0
    base = DiskState(of: self)
    isLogging = true
  }

  /// Stops logging; the log is kept.
  public func endLog() { isLogging = false }

  /// Returns the content of a file at the start of logging.
  func baseContent(of inode: SimulatedInode) -> [UInt8] {
    base?.files.first { $0.inode == inode.number }?.content ?? []
  }

  func removeOpenFile(_ file: OpenFile) { openFiles[file.number] = nil }

  func record(_ kind: DiskOperation.Kind, _ inode: SimulatedInode, name: Int32 = -1) {
    if isLogging { log.append(operation(kind, inode, name: name)) }
  }

  func beginTransaction(_ file: OpenFile) {
    guard isLogging else { return }
    transactions += 1
    log.append(operation(.transactionBegan, file.inode, offset: transactions))
  }

  func endTransaction(_ file: OpenFile) {
    if isLogging { log.append(operation(.transactionEnded, file.inode, offset: transactions)) }
  }

  private func operation(
    _ kind: DiskOperation.Kind, _ inode: SimulatedInode, name: Int32 = -1, offset: Int64 = 0,
    count: Int32 = 0
  ) -> DiskOperation {
    DiskOperation(
      kind: kind, file: inode.kind, actor: Int32(currentActor),
      inode: inode.number, name: name, offset: offset, count: count, bytesAt: 0)
  }

  // MARK: Shared memory

  /// Records the calling actor as holder of the checkpoint lock.
  func checkpointBegan() {
    checkpointer = currentActor
    hasReadFrames = false
  }

  /// Records the death of the holder of the checkpoint lock.
  func checkpointLost() { checkpointer = -1 }

  /// Records a read from the log.
  func willReadLog() {
    if checkpointer >= 0, checkpointer == currentActor { hasReadFrames = true }
  }

  /// Records a write to the header of a log, which restarts the log.
  func willRestartLog() {
    guard checkpointer >= 0, !hasReadFrames, checkpointer != yieldPoint?.currentActor else {
      return
    }
    restartsUnderCheckpoint += 1
  }

  /// Checks the header of a shared memory after the release of the checkpoint lock: the number of
  /// checkpointed frames cannot exceed the number of frames.
  func checkpointEnded(_ memory: SharedMemory) {
    checkpointer = -1
    guard let backfill = memory.backfill, backfill.checkpointed > backfill.frames else { return }
    sharedMemoryFaults.append(
      SharedMemoryFault(
        checkpointed: Int(backfill.checkpointed), frames: Int(backfill.frames),
        actor: yieldPoint?.currentActor ?? -1))
  }

  // MARK: Randomness

  /// Fills a buffer from the disk's own generator (splitmix64): the same bytes for the same seed.
  func fillRandom(_ buffer: UnsafeMutableRawPointer, count: Int) {
    for index in 0..<count {
      if index % 8 == 0 { randomState = randomState &+ 0x9e37_79b9_7f4a_7c15 }
      var z = randomState
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z ^= z >> 31
      unsafe buffer.storeBytes(
        of: UInt8(truncatingIfNeeded: z >> UInt64(index % 8 * 8)), toByteOffset: index,
        as: UInt8.self)
    }
  }
}

/// Outcome of a call's admission: normal, fault or dead process.
enum CallAdmission {
  case admitted
  case fault(CallFault.Effect)
  case dead
}

extension FileKind {
  /// Derives the kind from the flags of `xOpen`.
  init(flags: Int32) {
    self =
      if flags & SQLITE_OPEN_MAIN_DB != 0 {
        .database
      } else if flags & SQLITE_OPEN_MAIN_JOURNAL != 0 {
        .journal
      } else if flags & SQLITE_OPEN_WAL != 0 {
        .wal
      } else if flags & SQLITE_OPEN_SUPER_JOURNAL != 0 {
        .superJournal
      } else {
        .temporary
      }
  }
}
