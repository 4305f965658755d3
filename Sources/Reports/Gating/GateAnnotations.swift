import AssayModel
import Gate

/// A gate as workflow commands of GitHub Actions: an annotation for each row that did not pass, and
/// a notice for each improvement, each located at the scenario file.
///
/// Source: "Workflow commands for GitHub Actions"; the escapes are those of its toolkit.
public enum GateAnnotations {
  /// Returns one line per annotation; empty if all passed without improvements.
  public static func text(_ record: GateRecord) -> String {
    GateRow.all(record).compactMap { row -> String? in
      guard let level = row.status.level else { return nil }
      let title = "\(row.workload): \(row.subject) \(row.status.rawValue)"
      let place = place(of: row.workload, record)
      return "::\(level) \(place)title=\(property(title))::\(data(row.detailWithChange))\n"
    }.joined()
  }

  /// Returns the location in the scenario file at which the annotation is shown.
  private static func place(of workload: String, _ record: GateRecord) -> String {
    guard let own = record.workloads.first(where: { $0.name == workload }), let file = own.file
    else { return "" }
    return "file=\(property(file)),line=\(own.line ?? 1),"
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
