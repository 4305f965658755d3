/// Reads the numbers of schedules that come from files.
enum ScheduleText {
  /// Actors have numbers below this.
  static let actorLimit = 65_536
  /// No run has more steps than this.
  static let countLimit = 1 << 40

  static func actor(_ text: Substring) -> Int? {
    guard let number = Int(text), (0..<actorLimit).contains(number) else { return nil }
    return number
  }

  static func count(_ text: Substring) -> Int? {
    guard let number = Int(text), (0...countLimit).contains(number) else { return nil }
    return number
  }
}

extension KeyedDecodingContainer {
  /// Reads a value in its text form.
  func decode<Value: LosslessStringConvertible>(
    _: Value.Type, fromText key: Key, of what: String
  ) throws -> Value {
    let text = try decode(String.self, forKey: key)
    guard let value = Value(text) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "'\(text.prefix(80))' is not \(what)")
    }
    return value
  }

  /// Reads a number that must lie in a range.
  func decode(_ range: ClosedRange<Int>, forKey key: Key) throws -> Int {
    let number = try decode(Int.self, forKey: key)
    guard range.contains(number) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: "\(number) is not in \(range.lowerBound)...\(range.upperBound)")
    }
    return number
  }
}
