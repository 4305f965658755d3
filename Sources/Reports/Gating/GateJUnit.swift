import AssayModel
import Gate

/// A gate as JUnit XML: one test suite per workload, with the same test cases in each run:
/// correctness, exact counts, and one per metric.
///
/// A regression and a violation are a `failure`. An undecided case, inconclusive or in an invalid
/// environment, is an `error`: it did not pass. A case that was not requested is `skipped`.
public enum GateJUnit {
  /// Returns the document.
  public static func text(_ record: GateRecord) -> String {
    let suites = record.workloads.map { ($0, GateRow.cases($0, record)) }
    let all = suites.flatMap(\.1)
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuites name=\"assay gate\" \(totals(all)) time=\"\(seconds(record.elapsed))\">",
    ]
    for (workload, cases) in suites {
      let elapsed = Nanoseconds(cases.reduce(0) { $0 + $1.elapsed.rawValue })
      let file = workload.file.map { " file=\"\(XML.attribute($0))\"" } ?? ""
      lines.append(
        "  <testsuite name=\"\(XML.attribute(workload.name))\"\(file) \(totals(cases)) "
          + "time=\"\(seconds(elapsed))\">")
      for entry in cases { lines += testCase(entry) }
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
  }

  private static func totals(_ cases: [GateRow.Case]) -> String {
    let elements = cases.map(\.row.status.element)
    func count(_ name: String) -> Int { elements.count { $0 == name } }
    return "tests=\"\(cases.count)\" failures=\"\(count("failure"))\" "
      + "errors=\"\(count("error"))\" skipped=\"\(count("skipped"))\""
  }

  private static func testCase(_ entry: GateRow.Case) -> [String] {
    let row = entry.row
    let opening =
      "    <testcase classname=\"\(XML.attribute(row.workload))\" "
      + "name=\"\(XML.attribute(row.subject))\" time=\"\(seconds(entry.elapsed))\""
    let detail = row.detailWithChange
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
  /// Name of the element in a test case; `nil` for one that passed.
  fileprivate var element: String? {
    switch self {
    case .passed, .improved: nil
    case .regressed, .violated: "failure"
    case .inconclusive, .invalid: "error"
    case .notCompared: "skipped"
    }
  }
}

/// Text escaped for XML.
enum XML {
  /// Escapes characters with a meaning in XML and replaces those that XML 1.0 cannot hold.
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

  /// Escapes text for an attribute, in which a line break would become a space.
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
