import AssayModel

extension DiskLog {
  /// Lists the steps that happened to the files, with file contents at each sync.
  ///
  /// Transaction marks are left out.
  /// - Parameters:
  ///   - base: content of the files at the start of logging.
  ///   - leftOut: position of an operation to treat as if it never reached its file, so that a test
  ///     can see the difference; `nil` for none.
  func steps(base: DiskState, leavingOut leftOut: Int? = nil) -> [FileStep] {
    var contents: [Int32: [UInt8]] = [:]
    for file in base.files { contents[file.inode] = file.content }
    var steps: [FileStep] = []
    for (position, operation) in operations.enumerated() {
      let bytes = content(of: operation)
      if position != leftOut {
        contents[operation.inode, default: []].apply(operation, bytes)
      }
      if let step = FileStep(operation, bytes, content: contents[operation.inode] ?? []) {
        steps.append(step)
      }
    }
    return steps
  }
}

extension SimulatedDisk {
  /// Lists the steps of the files since the start of logging, in the form of
  /// `RealFileWitness.steps`.
  ///
  /// - Parameter leftOut: position of an operation to treat as if it never reached its file; `nil`
  ///   for none.
  public func steps(leavingOut leftOut: Int? = nil) -> [FileStep] {
    log.steps(base: base ?? DiskState(of: self), leavingOut: leftOut)
  }
}

extension FileStep {
  /// - Parameter content: content of the whole file after the operation.
  fileprivate init?(_ operation: DiskOperation, _ bytes: [UInt8], content: [UInt8]) {
    switch operation.kind {
    case .write:
      self.init(
        .write, operation.file, offset: operation.offset, count: bytes.count,
        hash: ImageHash(of: bytes))
    case .truncate: self.init(.truncate, operation.file, offset: operation.offset)
    case .sync: self.init(.sync, operation.file, content: content)
    case .create: self.init(.create, operation.file)
    case .delete: self.init(.delete, operation.file)
    case .directorySync: self.init(.directorySync, operation.file)
    case .transactionBegan, .transactionEnded: return nil
    }
  }
}

extension [UInt8] {
  /// Applies an operation to a file's content.
  fileprivate mutating func apply(_ operation: DiskOperation, _ bytes: [UInt8]) {
    switch operation.kind {
    case .write: write(bytes[...], at: Int(operation.offset))
    case .truncate:
      let length = Int(operation.offset)
      if length < count { removeLast(count - length) } else { grow(to: length) }
    case .sync, .create, .delete, .directorySync, .transactionBegan, .transactionEnded: break
    }
  }

  private mutating func grow(to length: Int) {
    if count < length { append(contentsOf: repeatElement(0, count: length - count)) }
  }

  /// Overwrites bytes; a gap before them is filled with zeros.
  mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
    grow(to: offset + bytes.count)
    replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }
}
