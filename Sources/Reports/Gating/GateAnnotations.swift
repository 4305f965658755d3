import AssayModel
import Gate

/// A gate as workflow commands of GitHub Actions: an annotation for everything that did not pass,
/// and a notice for each improvement.
///
/// Source: "Workflow commands for GitHub Actions"; the escapes are those of its toolkit.
public enum GateAnnotations {
  /// Returns one line an annotation; empty when all passed without improvements.
  public static func text(_ record: GateRecord) -> String {
    GateRow.all(record).compactMap { row -> String? in
      guard let level = row.status.level else { return nil }
      let title = "\(row.workload): \(row.subject) \(row.status.rawValue)"
      let change = row.decision.flatMap { GateReport.change($0) }
      let message = [row.detail, change].compactMap { $0 }.joined(separator: "; ")
      return "::\(level) title=\(property(title))::\(data(message))\n"
    }.joined()
  }

  private static func data(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func property(_ text: String) -> String {
    data(text).map { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : String($0) }.joined()
  }
}

extension GateRow.Status {
  fileprivate var level: String? {
    switch self {
    case .passed, .notCompared: nil
    case .improved: "notice"
    case .inconclusive: "warning"
    case .regressed, .violated, .invalid: "error"
    }
  }
}
