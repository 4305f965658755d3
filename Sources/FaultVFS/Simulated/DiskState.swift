public import AssayModel

/// The files of a simulated disk at one moment: the starting point of a program.
public struct DiskState: Hashable, Sendable {
  /// One file with a name.
  public struct File: Hashable, Sendable {
    /// Number of the file on its disk.
    var inode: Int32
    /// Role of the file in SQLite.
    public var kind: FileKind
    /// Its path.
    public var path: String
    /// Content of the file.
    public var content: [UInt8]
  }

  /// The files, by name in the order in which names were first used.
  public var files: [File]

  /// Copies the named files of a disk.
  public init(of disk: SimulatedDisk) {
    files = (0..<disk.nameCount).compactMap { number in
      guard let inode = disk.inode(ofName: number) else { return nil }
      return File(
        inode: inode.number, kind: inode.kind, path: disk.path(ofName: Int32(number)),
        content: inode.content)
    }
  }
}

extension SimulatedDisk {
  /// Creates a disk with these files; the numbers of files and names may differ from those of the
  /// original disk.
  public convenience init(
    _ state: DiskState, settings: DiskSettings = DiskSettings(), seed: Seed = Seed(0)
  ) {
    self.init(settings: settings, seed: seed)
    for file in state.files { add(file) }
  }

  /// Adds a file with its name.
  private func add(_ file: DiskState.File) {
    let inode = makeInode(file.kind)
    unsafe file.content.withUnsafeBytes { bytes in
      guard let address = bytes.baseAddress else { return }
      unsafe inode.write(address, count: bytes.count, at: 0)
    }
    unsafe file.path.withCString { path in
      setName(Int32(unsafe makeName(path)), inode: inode.number)
    }
  }
}

extension SimulatedDisk {
  /// Copies the named files of another disk to this one, under files that stay open here: a file
  /// with the same name keeps its identity and gets the other content; a log missing there becomes
  /// empty here.
  public func copyFiles(from other: SimulatedDisk) {
    for number in 0..<nameCount where other.inode(named: number, of: self) == nil {
      guard let inode = inode(ofName: number) else { continue }
      inode.truncate(to: 0)
      if inode.kind != .wal { setName(Int32(number), inode: -1) }
    }
    for number in 0..<other.nameCount {
      guard let inode = other.inode(ofName: number) else { continue }
      copy(inode, number: number, of: other)
    }
  }

  private func copy(_ file: SimulatedInode, number: Int, of other: SimulatedDisk) {
    let name = unsafe makeName(other.name(number))
    let own = inode(ofName: name) ?? makeInode(file.kind)
    if inode(ofName: name) == nil { setName(Int32(name), inode: own.number) }
    own.truncate(to: file.count)
    unsafe own.write(file.memory, count: file.count, at: 0)
  }

  /// Finds the file here under a name of another disk.
  private func inode(named number: Int, of other: SimulatedDisk) -> SimulatedInode? {
    unsafe inode(at: other.name(number))
  }
}
