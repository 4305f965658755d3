public import AssayModel

extension CrashImageBuilder {
  /// Returns the kinds of files that lose something in a choice, in the order of `FileKind`.
  public func filesThatLost(_ choice: ImageChoice) -> [FileKind] {
    var lost: Set<FileKind> = []
    for (index, piece) in pieces.enumerated() where !choice.keepsPiece(index) {
      lost.insert(log.operations[Int(piece.operation)].file)
    }
    for (index, name) in names.enumerated() where !choice.keepsName(index) {
      lost.insert(log.operations[Int(name.operation)].file)
    }
    return FileKind.allCases.filter { lost.contains($0) }
  }

  /// Names an image, so that it can be rebuilt from the same log.
  public func name(of choice: ImageChoice) -> CrashImage {
    var image = CrashImage(position: position)
    for (index, piece) in pieces.enumerated() where !choice.keepsPiece(index) {
      let id = CrashImage.PieceID(operation: Int(piece.operation), part: Int(piece.part))
      if choice.isGarbage(index) { image.garbage.append(id) } else { image.lost.append(id) }
    }
    for (index, name) in names.enumerated() where !choice.keepsName(index) {
      image.lostNames.append(Int(name.operation))
    }
    return image
  }

  /// Finds the choice that an image names.
  ///
  /// - Returns: `nil` if the image does not belong to this crash point: it names a piece that is
  ///   missing from the log or durable here.
  public func choice(of image: CrashImage) -> ImageChoice? {
    guard image.position == position else { return nil }
    var choice = completeChoice
    var found = 0
    let lost = Set(image.lost)
    let garbage = Set(image.garbage)
    let lostNames = Set(image.lostNames)
    for (index, piece) in pieces.enumerated() {
      let id = CrashImage.PieceID(operation: Int(piece.operation), part: Int(piece.part))
      if garbage.contains(id) {
        choice.setGarbage(index)
        found += 1
      } else if lost.contains(id) {
        choice.setPiece(index, false)
        found += 1
      }
    }
    for (index, name) in names.enumerated() where lostNames.contains(Int(name.operation)) {
      choice.setName(index, false)
      found += 1
    }
    return found == lost.count + garbage.count + lostNames.count ? choice : nil
  }

  /// Moves the crash point to the position of an image and finds its choice.
  ///
  /// - Returns: `nil` if the image does not belong to the log.
  public func find(_ image: CrashImage) -> ImageChoice? {
    guard image.position >= position else { return nil }
    while position < image.position { guard advance() else { return nil } }
    return choice(of: image)
  }
}

/// Fate of one operation in an image.
public struct OperationFate: Hashable, Sendable {
  /// True if the operation was durable whatever else was lost.
  public var isDurable: Bool
  /// Number of parts that could have been lost.
  public var total: Int
  /// Number of parts lost.
  public var lost: Int
  /// Number of parts that left random bytes.
  public var garbage: Int
}

extension CrashImageBuilder {
  /// The operations done before the crash.
  public var operationsBeforeCrash: ArraySlice<DiskOperation> { log.operations[..<position] }

  /// Returns the fate of an operation before the crash.
  public func fate(ofOperation number: Int, in choice: ImageChoice) -> OperationFate {
    var fate = OperationFate(isDurable: true, total: 0, lost: 0, garbage: 0)
    for (index, piece) in pieces.enumerated() where Int(piece.operation) == number {
      fate.total += 1
      if choice.isGarbage(index) {
        fate.garbage += 1
      } else if !choice.keepsPiece(index) {
        fate.lost += 1
      }
    }
    for (index, name) in names.enumerated() where Int(name.operation) == number {
      fate.total += 1
      if !choice.keepsName(index) { fate.lost += 1 }
    }
    fate.isDurable = fate.total == 0
    return fate
  }
}
