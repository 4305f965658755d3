public import AssayModel
import CSQLite
import Glibc

/// A disk in memory that SQLite uses through `sqlite3_vfs`: files, names, locks, shared memory, and
/// a log of everything that a power loss could undo.
///
/// One actor at a time uses it (decision 3 of the design: one simulation per process, parallel by
/// processes), so there are no locks in here.
@safe
public final class SimulatedDisk: @unchecked Sendable {
  // Unchecked because the baton sees to it that one thread at a time calls.
  // Safe because names are owned C strings that live as long as the disk.

  /// Everything that happened, while `isLogging`.
  public let log = DiskLog()
  /// Whether operations are logged: not during set-up and recovery.
  public private(set) var isLogging = false
  /// What the files held when logging began, by inode.
  private(set) var base: DiskState?
  /// Positions in the log of what failed syncs have dropped: it never reaches the files again.
  var dropped: Set<Int> = []
  /// Its standing properties.
  public let settings: DiskSettings
  /// Told of every call before it takes effect; `nil` for nobody.
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
  /// Told of the calls of files that are opened from here on; `nil` for nobody.
  public var observer: (any DiskObserver)?
  /// The wall clock where nobody is told of calls.
  public var wallTime = WallTime(milliseconds: 1_767_225_600_000)

  private(set) var inodes: [SimulatedInode?] = []
  private var names: [Name] = []
  private var openFiles: [Int32: OpenFile] = [:]
  private var lastFileNumber: Int32 = 0
  private var randomState: UInt64
  private var transactions: Int64 = 0
  private var fault: CallFaultState?
  /// Asked about every call of an actor, once it goes on with it; `nil` for nobody. Needs a yield
  /// point.
  public var callFaults: (any CallFaultSource)?
  /// Whether a call needs nothing but its work: the fast path of recovery.
  private(set) var isPlain = true
  /// Old bytes of every change since the mark; used by crash images.
  var undo = UndoLog()
  /// Who has the checkpoint lock; -1 for nobody.
  private var checkpointer = -1
  /// Whether it has read from the log since.
  private var hasReadFrames = false
  /// How often a log was begun anew between the moment at which another actor took the checkpoint
  /// lock and its first reading from the log: where the WAL-reset bug strikes.
  public private(set) var restartsUnderCheckpoint = 0
  /// Every time that a checkpoint left behind more frames checkpointed than there are.
  public private(set) var sharedMemoryFaults: [SharedMemoryFault] = []
  var isUndoing = false
  /// A lock slot of every shared memory that it forgets: the fault of a VFS that tests plant.
  var forgottenSlot: Int?
  /// Shared memory as it was at a death, while the dead unwind; `nil` when nobody does.
  var sharedMemoryAtDeath: [SharedMemoryCopy]?
  private let latencies: [VFSMethod: Nanoseconds]
  private let hasLatencies: Bool
  /// What SQLite asks for at every opening.
  let deviceCharacteristics: Int32

  /// A name of the one directory.
  ///
  /// Safe because the disk owns the text and frees it last.
  @safe
  struct Name {
    /// The path as SQLite says it; never freed while the disk lives.
    let path: UnsafeMutablePointer<CChar>
    /// The file that it leads to; -1 for none.
    var inode: Int32
  }

  /// Creates an empty disk.
  ///
  /// - Parameter seed: of `xRandomness`.
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

  /// Sets the fault that is to come; counts from the next call on.
  public func setFault(_ fault: CallFault?) {
    self.fault = fault.map(CallFaultState.init)
    updateIsPlain()
  }

  /// How many calls the fault has counted, and how many of them it hit.
  public var faultCounts: (calls: Int, hits: Int) { (fault?.calls ?? 0, fault?.hits ?? 0) }

  /// Number of files that are open; 0 when nothing leaked.
  public var openFileCount: Int { openFiles.count }

  private func updateIsPlain() {
    isPlain = yieldPoint == nil && fault == nil && !hasLatencies
  }

  /// Seeds `xRandomness` anew.
  public func reseed(_ seed: Seed) { randomState = seed.rawValue }

  // MARK: Calls

  /// Announces a call; returns what a fault does to it.
  ///
  /// - Parameter grows: whether a file must grow for it.
  /// - Returns: `.dead` when the caller's process has died.
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

  /// Marks a process as dead: its locks vanish, its handles stay for SQLite to close.
  public func processDied(_ process: Int) {
    keepSharedMemory()
    for number in openFiles.keys.sorted() {
      if let file = openFiles[number], file.process == process { file.releaseLocks() }
    }
  }

  // MARK: Names

  /// The number of a name, which it keeps for the life of the disk.
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

  /// The path of a name in the log.
  public func path(ofName number: Int32) -> String {
    guard names.indices.contains(Int(number)) else { return "?" }
    return unsafe String(cString: names[Int(number)].path)
  }

  /// The file that a path leads to.
  func inode(at path: UnsafePointer<CChar>) -> SimulatedInode? {
    guard let number = unsafe nameNumber(path) else { return nil }
    return inode(ofName: number)
  }

  /// The file that a name leads to.
  func inode(ofName number: Int) -> SimulatedInode? {
    let inode = names[number].inode
    return inode < 0 ? nil : inodes[Int(inode)]
  }

  /// The path of a name, which lives as long as the disk.
  func name(_ number: Int) -> UnsafePointer<CChar> { unsafe UnsafePointer(names[number].path) }

  /// Number of names ever used.
  var nameCount: Int { names.count }

  /// The number of the file that a name leads to; -1 for none.
  func inodeNumber(ofName number: Int) -> Int32 { names[number].inode }

  /// Lets a name lead to a file, or to none.
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

  /// Makes a file without a name.
  func makeInode(_ kind: FileKind) -> SimulatedInode {
    let inode = SimulatedInode(number: Int32(inodes.count), kind: kind)
    inodes.append(inode)
    if isUndoing { undo.append(.inodeMade) }
    return inode
  }

  /// Opens a file, making it if the flags say so.
  ///
  /// - Returns: `nil` when it does not exist and may not be made.
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

  /// The number of the file that a path leads to; `nil` for none.
  public func fileNumber(at path: String) -> Int32? {
    unsafe path.withCString { path in unsafe inode(at: path)?.number }
  }

  /// Clears shared memory as a restart of the machine does, under connections that stay open.
  public func clearSharedMemory() {
    for inode in inodes { inode?.sharedMemory?.reset() }
  }

  /// Changes of files and names that are kept to be taken back.
  public var changeCount: Int { undo.entries.count }

  /// Takes back all but the first changes since undoing began.
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

  /// The number of the actor that calls; -1 for nobody.
  private var currentActor: Int {
    guard let gate = unsafe openGate else { return -1 }
    return unsafe gate._withUnsafeGuaranteedRef { $0.point.currentActor }
  }

  // MARK: Log

  /// Takes the present state for durable and logs from here on.
  public func beginLog() {
    log.removeAll()
    dropped = []
    transactions = 0
    base = DiskState(of: self)
    isLogging = true
  }

  /// Stops logging; the log stays.
  public func endLog() { isLogging = false }

  /// What a file held when logging began.
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

  /// Notes that the calling actor has the checkpoint lock.
  func checkpointBegan() {
    checkpointer = currentActor
    hasReadFrames = false
  }

  /// Notes that whoever had the checkpoint lock has died.
  func checkpointLost() { checkpointer = -1 }

  /// Notes that the log is read from.
  func willReadLog() {
    if checkpointer >= 0, checkpointer == currentActor { hasReadFrames = true }
  }

  /// Notes that the header of a log is written, which begins it anew.
  func willRestartLog() {
    guard checkpointer >= 0, !hasReadFrames, checkpointer != yieldPoint?.currentActor else {
      return
    }
    restartsUnderCheckpoint += 1
  }

  /// Looks at the header of a shared memory whose checkpoint lock was given back: no more frames
  /// can be checkpointed than there are.
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

/// What becomes of a call.
enum CallAdmission {
  case admitted
  case fault(CallFault.Effect)
  case dead
}

extension FileKind {
  /// The kind that the flags of `xOpen` say.
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
