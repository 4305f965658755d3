/// Identifies one crash image of a log: the position of the crash, and the parts that did not
/// survive.
///
/// Together with the log's program and seed it recreates the image exactly.
public struct CrashImage: Hashable, Codable, Sendable {
  /// A part of a write, or a truncate, by its place in the log.
  public struct PieceID: Hashable, Comparable, Codable, Sendable {
    /// Position of the operation in the log.
    public var operation: Int
    /// Number of the sector within the operation, from 0.
    public var part: Int

    /// Creates a name.
    public init(operation: Int, part: Int) {
      self.operation = operation
      self.part = part
    }

    /// Orders by place in the log.
    public static func < (left: PieceID, right: PieceID) -> Bool {
      (left.operation, left.part) < (right.operation, right.part)
    }

    /// Reads the text form, such as `57.2`.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      let numbers = text.split(separator: ".").map { Int($0) }
      guard numbers.count == 2, let operation = numbers[0], let part = numbers[1] else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "'\(text)' names no piece; expected such as 57.2")
      }
      self.init(operation: operation, part: part)
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode("\(operation).\(part)")
    }
  }

  /// Number of operations of the log that were done before the crash.
  public var position: Int
  /// Pieces that were lost: their old bytes remain.
  public var lost: [PieceID]
  /// Pieces that left random bytes.
  public var garbage: [PieceID]
  /// Positions of lost name changes.
  public var lostNames: [Int]

  /// Creates a name.
  public init(
    position: Int, lost: [PieceID] = [], garbage: [PieceID] = [], lostNames: [Int] = []
  ) {
    self.position = position
    self.lost = lost
    self.garbage = garbage
    self.lostNames = lostNames
  }

  /// Number of pieces and name changes that did not survive.
  public var lossCount: Int { lost.count + garbage.count + lostNames.count }
}
