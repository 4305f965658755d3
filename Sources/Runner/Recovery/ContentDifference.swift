import SQLiteDriver
import Workloads

/// Where two contents differ, for people.
enum ContentDifference {
  /// The longest value that is shown in full.
  private static let longest = 40

  /// The first table and row that differ; nothing when the contents are the same.
  static func first(expected: [TableContent], found: [TableContent]) -> [String] {
    for table in expected {
      guard let other = found.first(where: { $0.name == table.name }) else {
        return ["table \(table.name): expected, but not there"]
      }
      let count = max(table.rows.count, other.rows.count)
      for number in 0..<count {
        let (left, right) = (row(table, number), row(other, number))
        guard left != right else { continue }
        return [
          "table \(table.name), row \(number + 1): expected \(text(left, table.columns)), "
            + "found \(text(right, other.columns))"
        ]
      }
    }
    let names = expected.map(\.name)
    return found.filter { !names.contains($0.name) }.prefix(1).map {
      "table \($0.name): found, but not expected"
    }
  }

  private static func row(_ table: TableContent, _ number: Int) -> [SQLiteValue]? {
    number < table.rows.count ? table.rows[number] : nil
  }

  private static func text(_ row: [SQLiteValue]?, _ columns: [String]) -> String {
    guard let row else { return "no row" }
    let values = zip(columns, row).map { column, value in
      let text = value.description
      return "\(column)=\(text.count > longest ? text.prefix(longest) + "..." : text[...])"
    }
    return "(\(values.joined(separator: ", ")))"
  }
}
