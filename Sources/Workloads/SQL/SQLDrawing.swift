import AssayModel
import SQLiteDriver

/// Draws transactions and their parameters.
struct SQLDrawing: Sendable {
  /// Large texts and blobs cost memory for each actor.
  private static let longest = 1 << 28

  /// An empty draw of each transaction; an actor refills its own copies.
  let spares: [SQLDraw]
  private let templates: [[Kind]]
  private let weights: [Int]
  private let totalWeight: Int

  private enum Kind: Sendable {
    case integer(Int64)
    case uniform(low: Int64, width: UInt64)
    case zipfian(Zipfian)
    case text(Int)
    case blob(Int)
    case nonce
  }

  init(_ load: SQLLoad) throws(SQLProgramError) {
    var templates: [[Kind]] = []
    for transaction in load.transactions {
      var kinds: [Kind] = []
      for parameter in transaction.parameters {
        kinds.append(
          try Self.kind(
            parameter.kind, "transaction '\(transaction.name)', parameter '\(parameter.name)'"))
      }
      templates.append(kinds)
    }
    self.templates = templates
    weights = load.transactions.map { max(0, $0.weight) }
    totalWeight = weights.reduce(0, +)
    spares = load.transactions.enumerated().map { number, transaction in
      SQLDraw(template: number, values: transaction.parameters.map { _ in .null })
    }
  }

  /// True if no transaction can be drawn.
  var isEmpty: Bool { totalWeight == 0 }

  private static func kind(
    _ kind: SQLLoad.Kind, _ place: String
  ) throws(SQLProgramError) -> Kind {
    func impossible(_ finding: String) -> SQLProgramError {
      SQLProgramError(.impossibleParameter, place, finding)
    }
    switch kind {
    case .integer(let value): return .integer(value)
    case .uniform(let low, let high):
      guard low <= high else { throw impossible("no number lies from \(low) to \(high)") }
      return .uniform(low: low, width: UInt64(bitPattern: high &- low))
    case .zipfian(let count):
      guard count > 0 else { throw impossible("no number lies from 1 to \(count)") }
      return .zipfian(Zipfian(count: Int(count)))
    case .text(let length), .blob(let length):
      guard (0...longest).contains(length) else {
        throw impossible("its length is \(length); 0...\(longest) are possible")
      }
      if case .text = kind { return .text(length) }
      return .blob(length)
    case .nonce: return .nonce
    }
  }

  /// Draws an operation into the spare draw of its transaction; returns which one that is.
  ///
  /// Blobs keep their memory from one draw to the next.
  func draw(
    of actor: ActorID, seed: Seed, operation: Int, into draws: inout [SQLDraw]
  ) -> Int {
    // Not the step of the generator's own seeding, so that no two operations share numbers.
    let own = seed.rawValue &+ UInt64(operation) &* 0xd134_2543_de82_ef95
    var generator = SeededGenerator(Seed(own))
    var draw = generator.below(totalWeight)
    var template = 0
    while draw >= weights[template] {
      draw -= weights[template]
      template += 1
    }
    let nonce = Self.nonce(of: actor, operation: operation)
    for index in templates[template].indices {
      Self.draw(
        templates[template][index], nonce, &generator, into: &draws[template].values[index])
    }
    return template
  }

  /// Returns the nonce of an operation: positive, and unique.
  static func nonce(of actor: ActorID, operation: Int) -> UInt64 {
    TransferID(actor: actor, number: UInt32(truncatingIfNeeded: operation + 1)).rawValue
  }

  private static func draw(
    _ kind: Kind, _ nonce: UInt64, _ generator: inout SeededGenerator,
    into value: inout SQLiteValue
  ) {
    switch kind {
    case .integer(let number): value = .integer(number)
    case .uniform(let low, let width):
      let offset =
        width == .max
        ? generator.next() : generator.next().multipliedFullWidth(by: width + 1).high
      value = .integer(low &+ Int64(bitPattern: offset))
    case .zipfian(let zipfian):
      value = .integer(Int64(1 + zipfian.rank(generator.unit())))
    case .text(let length):
      var letters = [UInt8](repeating: 0, count: length)
      // Eight letters of each number; 26/256 are as good as equal shares.
      fill(&letters, &generator) { UInt8(ascii: "a") + UInt8(UInt16($0) * 26 >> 8) }
      value = .text(String(decoding: letters, as: UTF8.self))
    case .blob(let length):
      var bytes: [UInt8]
      if case .blob(let old) = value, old.count == length {
        bytes = old
        // The only owner of its memory from here on.
        value = .null
      } else {
        bytes = [UInt8](repeating: 0, count: length)
      }
      fill(&bytes, &generator) { $0 }
      value = .blob(bytes)
    case .nonce: value = .integer(Int64(bitPattern: nonce))
    }
  }

  @inline(__always)
  private static func fill(
    _ bytes: inout [UInt8], _ generator: inout SeededGenerator, _ convert: (UInt8) -> UInt8
  ) {
    var word: UInt64 = 0
    for index in bytes.indices {
      if index & 7 == 0 { word = generator.next() }
      bytes[index] = convert(UInt8(truncatingIfNeeded: word))
      word >>= 8
    }
  }
}
