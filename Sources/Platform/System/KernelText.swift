import AssayModel

/// Parses the texts of `/proc`. Source: proc(5).
enum KernelText {
  /// Returns the value of the first line `key : value`, without surrounding blanks.
  static func value(of key: String, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":"), trimmed(line[..<colon]) == key else { continue }
      return trimmed(line[line.index(after: colon)...])
    }
    return nil
  }

  /// Returns a value such as `24108012 kB`.
  static func kibibytes(of key: String, in text: String) -> ByteCount? {
    guard let words = value(of: key, in: text)?.split(separator: " "), words.count == 2,
      words[1] == "kB", let count = Int64(words[0])
    else { return nil }
    return ByteCount(count * 1_024)
  }

  /// Returns the number of entries in a list such as `0-3,8`.
  static func count(ofList list: String) -> Int? {
    var total = 0
    for part in list.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, last >= first else { return nil }
      total += last - first + 1
    }
    return total > 0 ? total : nil
  }

  /// Returns the eighth number of the line `cpu` of `/proc/stat`.
  static func stealTicks(in text: String) -> UInt64? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else {
      return nil
    }
    let fields = line.split(separator: " ")
    return fields.count > 8 ? UInt64(fields[8]) : nil
  }

  private static func trimmed(_ text: Substring) -> String {
    let front = text.drop { $0 == " " || $0 == "\t" }
    guard let last = front.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(front[...last])
  }
}
