import AssayModel
import Gate

/// A gate as JUnit XML: a test suite a workload, a test case a metric, one for all counts that are
/// the same and one for each that is not, one for each violated check.
///
/// A regression and a violation are a `failure`. What could not be told, inconclusive or in an
/// invalid environment, is an `error`: it did not pass. What was not asked for is `skipped`.
public enum GateJUnit {
  /// Returns the document.
  public static func text(_ record: GateRecord) -> String {
    let rows = GateRow.all(record)
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"assay gate\" \(totals(rows)) time=\"\(seconds(record.elapsed))\">",
    ]
    for workload in record.decision.workloads.map(\.name) {
      let own = rows.filter { $0.workload == workload }
      lines.append("  <testsuite name=\"\(XML.attribute(workload))\" \(totals(own))>")
      for row in own { lines += testCase(row) }
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
  }

  private static func totals(_ rows: [GateRow]) -> String {
    let elements = rows.map(\.status.element)
    func count(_ name: String) -> Int { elements.count { $0 == name } }
    return "tests=\"\(rows.count)\" failures=\"\(count("failure"))\" errors=\"\(count("error"))\" "
      + "skipped=\"\(count("skipped"))\""
  }

  private static func testCase(_ row: GateRow) -> [String] {
    let name = XML.attribute(row.subject)
    let opening = "    <testcase classname=\"\(XML.attribute(row.workload))\" name=\"\(name)\""
    let change = row.decision.flatMap { GateReport.change($0) }
    let detail = [row.detail, change].compactMap { $0 }.joined(separator: "; ")
    guard let element = row.status.element else {
      return [
        "\(opening)>", "      <system-out>\(XML.text(detail))</system-out>", "    </testcase>",
      ]
    }
    let type = element == "skipped" ? "" : " type=\"\(row.status.rawValue)\""
    return [
      "\(opening)>",
      "      <\(element) message=\"\(XML.attribute(detail))\"\(type)/>", "    </testcase>",
    ]
  }

  private static func seconds(_ span: Nanoseconds) -> String {
    Figures.decimal(span.seconds, places: 3).filter { $0 != "," }
  }
}

extension GateRow.Status {
  /// The element of a test case; `nil` for one that passed.
  fileprivate var element: String? {
    switch self {
    case .passed, .improved: nil
    case .regressed, .violated: "failure"
    case .inconclusive, .invalid: "error"
    case .notCompared: "skipped"
    }
  }
}

/// Text that stands in XML.
enum XML {
  /// Escapes what has a meaning of its own and leaves out what XML 1.0 cannot hold.
  static func text(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same for an attribute, where a line break would become a space.
  static func attribute(_ text: String) -> String {
    var result = ""
    for character in self.text(text).unicodeScalars {
      switch character {
      case "\n": result += "&#10;"
      case "\r": result += "&#13;"
      case "\t": result += "&#9;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
