import AssayModel
import Foundation

/// What a file of `findings/` holds.
enum FiledFinding {
  /// A crash image that violates something.
  case crash(CrashFinding)
  /// A fault of a sweep after which something was wrong.
  case sweep(SweepFinding)
}

/// Reads findings from files.
enum FindingFile {
  /// What every version of both forms has, and what tells them apart.
  private struct Header: Decodable {
    var schema: Int
    var isOfSweep: Bool

    private enum CodingKeys: String, CodingKey {
      case schema, problems
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      schema = try container.decode(Int.self, forKey: .schema)
      isOfSweep = container.contains(.problems)
    }
  }

  /// Reads a file.
  ///
  /// - Throws: an input error that says what is wrong with it, and where.
  static func read(_ path: String) throws(RunnerError) -> FiledFinding {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunnerError(.input, "'\(path)' cannot be read: name a finding-<n>.json of a run")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let header = try? decoder.decode(Header.self, from: data) else {
      throw RunnerError(
        .input, "'\(path)' is no finding: it is no JSON object with a 'schema'; it may be damaged")
    }
    let current = header.isOfSweep ? SweepFinding.currentSchema : CrashFinding.currentSchema
    guard header.schema == current else {
      throw RunnerError(
        .input, "'\(path)' has schema \(header.schema), this version reads schema \(current)")
    }
    let finding: FiledFinding
    do {
      finding =
        header.isOfSweep
        ? .sweep(try decoder.decode(SweepFinding.self, from: data))
        : .crash(try decoder.decode(CrashFinding.self, from: data))
    } catch {
      throw RunnerError(.input, "'\(path)' is damaged: \(reason(error))")
    }
    if let misfit = misfit(in: finding) {
      throw RunnerError(.input, "'\(path)' is damaged: \(misfit)")
    }
    return finding
  }

  /// What is wrong with a document, and where.
  private static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map(\.stringValue)
      return keys.isEmpty ? "" : " in '\(keys.joined(separator: "."))'"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      return "'\(key.stringValue)' is missing\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(context.debugDescription)\(place(context))"
    case .dataCorrupted(let context): return "\(context.debugDescription)\(place(context))"
    default: return "\(error)"
    }
  }

  /// What no run can have written although each part has the right form.
  private static func misfit(in finding: FiledFinding) -> String? {
    let program: Int
    let explore: ExploreSettings?
    switch finding {
    case .crash(let crash): (program, explore) = (crash.program, crash.cell.explore)
    case .sweep(let sweep):
      (program, explore) = (sweep.program, sweep.cell.explore)
      if let misfit = misfit(in: sweep) { return misfit }
    }
    if program < 0 { return "there is no program \(program)" }
    return explore == nil ? "its cell explores nothing" : nil
  }

  /// Beyond any number of calls that a program makes, and far from overflowing.
  private static let mostCalls = 1 << 40

  private static func misfit(in finding: SweepFinding) -> String? {
    guard finding.librarySource != nil else { return "'librarySource' is missing" }
    guard let sweep = finding.cell.explore?.sweep else { return "its cell sweeps nothing" }
    if finding.problems.isEmpty { return "it has no 'problems'" }
    guard let fault = finding.fault else { return nil }
    if fault.program != finding.program {
      return "its fault is of program \(fault.program), itself of program \(finding.program)"
    }
    guard (1...mostCalls).contains(fault.call) else { return "there is no call \(fault.call)" }
    guard (fault.line.target == .allocation) == (sweep == .memory) else {
      return "'\(fault)' is no fault of a sweep of \(sweep.rawValue)"
    }
    return nil
  }
}
