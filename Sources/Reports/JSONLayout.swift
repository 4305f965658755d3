/// Formats compact JSON for readers: one member per line, arrays of plain values on one line.
enum JSONLayout {
  /// - Parameter compact: valid JSON without white space between its tokens.
  static func indented(_ compact: [UInt8]) -> String {
    var writer = Writer(compact: compact)
    writer.run()
    return String(decoding: writer.output, as: UTF8.self)
  }

  private struct Writer {
    let compact: [UInt8]
    var output: [UInt8] = []
    var place = 0
    /// One entry per open bracket: true if its members are on separate lines.
    var isSpread: [Bool] = []

    init(compact: [UInt8]) {
      self.compact = compact
      output.reserveCapacity(compact.count * 2)
    }

    mutating func run() {
      while place < compact.count {
        let byte = compact[place]
        switch byte {
        case UInt8(ascii: "\""): copyString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close(byte)
        case UInt8(ascii: ","):
          output.append(byte)
          separate()
        case UInt8(ascii: ":"): output.append(contentsOf: [byte, UInt8(ascii: " ")])
        default: output.append(byte)
        }
        place += 1
      }
      output.append(UInt8(ascii: "\n"))
    }

    private mutating func copyString() {
      output.append(compact[place])
      place += 1
      while place < compact.count, compact[place] != UInt8(ascii: "\"") {
        if compact[place] == UInt8(ascii: "\\") {
          output.append(compact[place])
          place += 1
        }
        output.append(compact[place])
        place += 1
      }
      output.append(UInt8(ascii: "\""))
    }

    private mutating func open(_ byte: UInt8) {
      output.append(byte)
      isSpread.append(hasBrackets(from: place + 1, isArray: byte == UInt8(ascii: "[")))
      if isSpread.last == true { newLine() }
    }

    private mutating func close(_ byte: UInt8) {
      if isSpread.popLast() == true { newLine() }
      output.append(byte)
    }

    private mutating func separate() {
      if isSpread.last == true { newLine() } else { output.append(UInt8(ascii: " ")) }
    }

    private mutating func newLine() {
      output.append(UInt8(ascii: "\n"))
      for _ in isSpread { output.append(contentsOf: [UInt8(ascii: " "), UInt8(ascii: " ")]) }
    }

    /// Returns true if a bracket's members need separate lines: for an object if it is not empty,
    /// for an array if its first element is an object, an array or a string.
    private func hasBrackets(from start: Int, isArray: Bool) -> Bool {
      guard start < compact.count else { return false }
      if !isArray { return compact[start] != UInt8(ascii: "}") }
      return compact[start] == UInt8(ascii: "{") || compact[start] == UInt8(ascii: "[")
        || compact[start] == UInt8(ascii: "\"")
    }
  }
}
