public import AssayModel

/// Walks along a log and builds the images that a crash at each position may leave, on its own
/// disk, which SQLite can open.
///
/// The disk holds the data certain to be durable at the present position; an image adds the
/// surviving pieces, with their old bytes saved. `reset` undoes the writes of recovery; the pieces
/// stay until the next image, which undoes only those from the first difference on.
public final class CrashImageBuilder {
  /// Disk with the image; make it the current one of `SimulatedVFS` to open it.
  public let disk: SimulatedDisk
  /// The crash point: the number of operations of the log that are done.
  public private(set) var position = 0
  /// True if the set of data that may be lost differs from the one at the previous position.
  public private(set) var hasChanged = true

  /// Number of the newest pieces added by the last step, if it changed nothing else: images without
  /// any of them already existed one step before.
  public private(set) var addedPieces = 0

  let log: DiskLog
  let settings: DiskSettings
  private(set) var pieces: [Piece] = []
  private(set) var names: [PendingName] = []
  private var hashes: [FileHash] = []
  private var nameHashes: [UInt64] = []
  /// Maps file numbers in the log to those on the disk of images.
  private var inodeOfLog: [Int32: Int32] = [:]
  private var nameOfLog: [Int32: Int32] = [:]
  private let pathOfName: (Int32) -> String
  private var isBuilt = false
  /// Lost pieces of the present image that would have made their file longer.
  private var lostAppends: [Piece] = []
  /// Lengths of the lists before each piece on the disk, and after the last one.
  private var marks: [Mark] = []
  /// The choice whose pieces are on the disk.
  private var builtChoice: ImageChoice?
  /// The file of each chunk that the pieces on the disk touch, in their order.
  private var touches: [Int32] = []

  /// Lengths of the lists of an image.
  private struct Mark {
    var undo: Int
    var lostAppends: Int
    var touches: Int
  }

  /// Prepares the images of a disk's log.
  ///
  /// - Parameters:
  ///   - source: a disk that has logged; it must not log further while this is in use.
  ///   - settings: possible effects of a power loss; usually those of the source.
  public init(_ source: SimulatedDisk, settings: DiskSettings) {
    let base = source.base ?? DiskState(of: source)
    log = source.log
    self.settings = settings
    var plain = settings
    plain.latencies = []
    disk = SimulatedDisk(base, settings: plain)
    pathOfName = { source.path(ofName: $0) }
    for file in base.files {
      let inode = unsafe file.path.withCString { path in unsafe disk.inode(at: path)?.number } ?? 0
      inodeOfLog[file.inode] = inode
    }
    for number in 0..<Int32(disk.inodes.count) { settleWhole(number) }
    for number in 0..<disk.nameCount { addNameHash(Int32(number)) }
    disk.isUndoing = false
  }

  // MARK: Walking

  /// Advances to the next position; returns `false` at the end of the log.
  public func advance() -> Bool {
    precondition(!isBuilt, "reset the image before moving the crash point")
    guard position < log.operations.count else { return false }
    takeBackPieces()
    let index = position
    let operation = log.operations[index]
    position += 1
    hasChanged = operation.kind.isOfDisk
    let before = pieces.count
    defer { addedPieces = max(0, pieces.count - before) }
    switch operation.kind {
    case .write: addPieces(of: operation, at: index)
    case .truncate:
      pieces.append(
        Piece(
          operation: Int32(index), part: 0, inode: inode(operation.inode, operation.file),
          offset: Int(operation.offset), count: -1, start: 0))
    case .create, .delete:
      let target = operation.kind == .create ? inode(operation.inode, operation.file) : -1
      names.append(
        PendingName(operation: Int32(index), name: name(operation.name), inode: target))
    case .sync: sync(operation)
    case .directorySync: if settings.directory != .never { settleNames() }
    case .transactionBegan, .transactionEnded: break
    }
    return true
  }

  /// Settles the data that a sync makes durable under the profile.
  private func sync(_ operation: DiskOperation) {
    let lies = settings.syncFiles.isEmpty || settings.syncFiles.contains(operation.file)
    switch settings.sync {
    case .ignored where lies: return
    case .barrier where lies: settlePieces { _ in true }
    default:
      if settings.claims.contains(.sequential) {
        settlePieces { _ in true }
        settleNames()
      } else {
        let inode = inode(operation.inode, operation.file)
        settlePieces { $0.inode == inode }
      }
    }
  }

  private func settlePieces(_ isDurable: (Piece) -> Bool) {
    var rest: [Piece] = []
    for piece in pieces {
      if isDurable(piece) { apply(piece) } else { rest.append(piece) }
    }
    for index in hashes.indices where !hashes[index].touched.isEmpty {
      if let inode = disk.inodes[index] { hashes[index].settle(inode) }
    }
    touches.removeAll(keepingCapacity: true)
    pieces = rest
  }

  private func settleNames() {
    for name in names { disk.setName(name.name, inode: name.inode) }
    names.removeAll()
  }

  /// Returns the number of a file of the log on the disk of images.
  private func inode(_ number: Int32, _ kind: FileKind) -> Int32 {
    if let known = inodeOfLog[number] { return known }
    let made = disk.makeInode(kind).number
    inodeOfLog[number] = made
    hashes.append(FileHash())
    return made
  }

  private func name(_ number: Int32) -> Int32 {
    if let known = nameOfLog[number] { return known }
    let path = pathOfName(number)
    let own = unsafe path.withCString { Int32(unsafe disk.makeName($0)) }
    nameOfLog[number] = own
    while nameHashes.count <= Int(own) { addNameHash(Int32(nameHashes.count)) }
    return own
  }

  private func addNameHash(_ number: Int32) {
    nameHashes.append(Seed(0).derived(disk.path(ofName: number)).rawValue)
  }

  private func settleWhole(_ number: Int32) {
    hashes.append(FileHash())
    guard let inode = disk.inodes[Int(number)] else { return }
    _ = hashes[Int(number)].touch(0, inode.count)
    hashes[Int(number)].settle(inode)
  }

  /// Splits a write into pieces that may be lost separately.
  private func addPieces(of operation: DiskOperation, at index: Int) {
    let inode = inode(operation.inode, operation.file)
    let from = Int(operation.offset)
    let end = from + Int(operation.count)
    let unit = settings.isAtomic(offset: from, count: end - from) ? end - from : settings.sectorSize
    var start = from
    var part: Int32 = 0
    while start < end {
      let next = unit == end - from ? end : min(end, (start / unit + 1) * unit)
      pieces.append(
        Piece(
          operation: Int32(index), part: part, inode: inode, offset: start, count: next - start,
          start: start - from))
      part += 1
      start = next
    }
  }

  // MARK: Images

  /// Number of pieces and name changes that may be lost at this crash point.
  public var pendingCount: Int { pieces.count + names.count }

  /// The choice in which only durable data survives.
  public var emptyChoice: ImageChoice { ImageChoice(pieces: pieces.count, names: names.count) }

  /// The choice in which everything survives, as after a crash of the process alone.
  public var completeChoice: ImageChoice {
    var choice = emptyChoice
    choice.setAllPieces(true, count: pieces.count)
    choice.keepNames(prefix: names.count, of: names.count)
    return choice
  }

  /// Chooses the images of this crash point.
  ///
  /// - Parameter skipsKnown: leaves out images that the previous crash point had too; these are
  ///   known only for exhaustive enumerations.
  public func images(_ bounds: ExploreSettings.ImageBounds, seed: Seed, skipsKnown: Bool = false)
    -> ImageEnumerator
  {
    ImageEnumerator(
      pieces: pieces, names: names, settings: settings, bounds: bounds, seed: seed,
      newPieces: skipsKnown ? addedPieces : 0, hidden: hidden)
  }

  /// For each piece, true if no name leads to its file.
  ///
  /// - Parameter names: the surviving name changes, as numbered by `ImageEnumerator`.
  private func hidden(_ survivors: Int) -> [Bool] {
    var inodes = (0..<disk.nameCount).map { disk.inodeNumber(ofName: $0) }
    for (index, name) in names.enumerated() {
      let survives = settings.directory == .any ? survivors >> index & 1 != 0 : index < survivors
      if survives { inodes[Int(name.name)] = name.inode }
    }
    return pieces.map { !inodes.contains($0.inode) }
  }

  /// Builds an image.
  ///
  /// - Returns: a hash that tells the image from every other one, of this log and of others.
  public func make(_ choice: ImageChoice) -> ImageHash {
    precondition(!isBuilt, "reset the last image first")
    isBuilt = true
    disk.isUndoing = true
    let choice = settings.truncation == .journaled ? keepingOrder(choice) : choice
    let first = builtChoice.map { $0.firstDifference(from: choice, count: pieces.count) } ?? 0
    takeBack(from: first)
    for index in first..<pieces.count {
      marks.append(mark)
      if choice.keepsPiece(index) {
        keep(pieces[index])
      } else if choice.isGarbage(index) {
        applyGarbage(pieces[index])
      } else {
        lose(pieces[index])
      }
    }
    marks.append(mark)
    builtChoice = choice
    for (index, name) in names.enumerated() where choice.keepsName(index) {
      disk.setName(name.name, inode: name.inode)
    }
    return hash()
  }

  /// Keeps a lost truncate if a later piece of the same file survives.
  private func keepingOrder(_ choice: ImageChoice) -> ImageChoice {
    var ordered = choice
    for (index, piece) in pieces.enumerated() where piece.isTruncate {
      let isForced = pieces.indices.dropFirst(index + 1).contains {
        pieces[$0].inode == piece.inode && choice.keepsPiece($0)
      }
      if isForced { ordered.setPiece(index, true) }
    }
    return ordered
  }

  /// Undoes all changes to the image, names included.
  public func reset() {
    guard isBuilt, let last = marks.last else { return }
    disk.rollBack(to: last.undo)
    isBuilt = false
  }

  private var mark: Mark {
    Mark(undo: disk.changeCount, lostAppends: lostAppends.count, touches: touches.count)
  }

  /// Removes the pieces from a given number on from the disk.
  private func takeBack(from first: Int) {
    guard first < marks.count else { return }
    let mark = marks[first]
    disk.rollBack(to: mark.undo)
    lostAppends.removeLast(lostAppends.count - mark.lostAppends)
    while touches.count > mark.touches {
      hashes[Int(touches.removeLast())].untouchLast()
    }
    marks.removeLast(marks.count - first)
  }

  /// Returns to the state that is certain to be durable.
  private func takeBackPieces() {
    guard builtChoice != nil else { return }
    takeBack(from: 0)
    builtChoice = nil
    disk.isUndoing = false
  }

  private func apply(_ piece: Piece) {
    guard let inode = disk.inodes[Int(piece.inode)] else { return }
    if piece.isTruncate {
      let low = min(piece.offset, inode.count)
      touch(inode, low, max(piece.offset, inode.count))
      disk.truncate(inode, to: piece.offset, isNamed: false)
      return
    }
    touch(piece, inode)
    let bytes = unsafe log.bytes(of: log.operations[Int(piece.operation)]) + piece.start
    unsafe disk.write(inode, bytes, count: piece.count, at: piece.offset, isNamed: false)
  }

  /// Records the chunks that a write changes, including those of a gap before it, and the last
  /// chunk of the old content, whose length changes.
  private func touch(_ piece: Piece, _ inode: SimulatedInode) {
    let end = piece.offset + piece.count
    let from = end > inode.count ? min(piece.offset, max(0, inode.count - 1)) : piece.offset
    touch(inode, from, end)
  }

  private func touch(_ inode: SimulatedInode, _ from: Int, _ end: Int) {
    for _ in 0..<hashes[Int(inode.number)].touch(from, end) { touches.append(inode.number) }
  }

  /// Puts random bytes in place of a piece: without powersafe overwrite, in its whole sector.
  private func applyGarbage(_ piece: Piece) {
    guard !piece.isTruncate, let inode = disk.inodes[Int(piece.inode)] else { return }
    var range = piece
    if !settings.powersafeOverwrite {
      let sector = piece.offset / settings.sectorSize * settings.sectorSize
      range.offset = sector
      range.count = min(
        max(inode.count, piece.offset + piece.count) - sector, settings.sectorSize)
    }
    writeGarbage(inode, from: range.offset, to: range.offset + range.count)
  }

  /// Leaves a piece out. A lost append leaves a gap once a piece beyond it survives.
  private func lose(_ piece: Piece) {
    guard !piece.isTruncate, let inode = disk.inodes[Int(piece.inode)],
      piece.offset + piece.count > inode.count
    else { return }
    lostAppends.append(piece)
  }

  /// Keeps a piece, with the gap left by lost pieces before it: garbage on a strict disk, zeros on
  /// a journaled one. A disk with safe append has not grown beyond the lost data.
  private func keep(_ piece: Piece) {
    guard !lostAppends.isEmpty, !piece.isTruncate, let inode = disk.inodes[Int(piece.inode)],
      piece.offset > inode.count
    else { return apply(piece) }
    let length = inode.count
    let lost = lostAppends.filter {
      $0.inode == piece.inode && $0.offset < piece.offset && $0.offset + $0.count > length
    }
    if !lost.isEmpty, settings.claims.contains(.safeAppend) { return }
    apply(piece)
    guard settings.truncation == .strict else { return }
    for gap in lost {
      writeGarbage(
        inode, from: max(length, gap.offset), to: min(piece.offset, gap.offset + gap.count))
    }
  }

  private func writeGarbage(_ inode: SimulatedInode, from offset: Int, to end: Int) {
    guard end > offset else { return }
    touch(inode, end > inode.count ? min(offset, max(0, inode.count - 1)) : offset, end)
    // Derived from the place, not a generator: the same image has the same bytes in any order.
    var at = offset
    while at < end {
      let start = (at &* 31 &+ Int(inode.number) &* 977) & (Self.garbageSize - 1)
      let count = min(end - at, Self.garbageSize)
      unsafe Self.garbage.withUnsafeBytes { buffer in
        guard let address = buffer.baseAddress else { return }
        unsafe disk.write(inode, address + start, count: count, at: at, isNamed: false)
      }
      at += count
    }
  }

  private static let garbageSize = 4_096

  /// Random bytes, twice as many as are ever taken from a start within the first half.
  private static let garbage: [UInt8] = {
    var generator = SeededGenerator(Seed(0).derived("garbage"))
    return (0..<2 * garbageSize).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 32) }
  }()

  private func hash() -> ImageHash {
    var total = ImageHash.zero
    for number in 0..<disk.nameCount {
      guard let inode = disk.inode(ofName: number) else { continue }
      let sum = hashes[Int(inode.number)].imageSum(inode)
      total += ImageHash.mixing(
        nameHashes[number], sum.low, sum.high, UInt64(inode.count))
    }
    return total
  }
}
