import AssayModel
import Foundation

/// What a file of `findings/` holds.
enum FiledFinding {
  /// A crash image that violates something.
  case crash(CrashFinding)
  /// A fault of a sweep after which something was wrong.
  case sweep(SweepFinding)
  /// A schedule in which a check failed.
  case schedule(ScheduleFinding)
}

/// Reads findings from files.
enum FindingFile {
  /// What every version of all forms has, and what tells them apart.
  private struct Header: Decodable {
    enum Form {
      case crash, sweep, schedule
    }

    var schema: Int
    var form: Form

    private enum CodingKeys: String, CodingKey {
      case schema, problems, schedule
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      schema = try container.decode(Int.self, forKey: .schema)
      form =
        container.contains(.problems)
        ? .sweep : container.contains(.schedule) ? .schedule : .crash
    }

    /// The version of the form that is read.
    var current: Int {
      switch form {
      case .crash: CrashFinding.currentSchema
      case .sweep: SweepFinding.currentSchema
      case .schedule: ScheduleFinding.currentSchema
      }
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
        .input, "'\(path)' is not a finding, or is damaged: expected a JSON object with a 'schema'")
    }
    guard header.schema == header.current else {
      throw RunnerError(
        .input,
        "'\(path)' has schema \(header.schema), this version reads schema \(header.current)")
    }
    let finding: FiledFinding
    do {
      finding =
        switch header.form {
        case .crash: .crash(try decoder.decode(CrashFinding.self, from: data))
        case .sweep: .sweep(try decoder.decode(SweepFinding.self, from: data))
        case .schedule: .schedule(try decoder.decode(ScheduleFinding.self, from: data))
        }
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
    case .schedule(let schedule):
      (program, explore) = (schedule.program, schedule.cell.explore)
      if explore?.exploresSchedules == false { return "its cell explores no schedules" }
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
      return "'\(fault)' is not a fault of a sweep of \(sweep.rawValue)"
    }
    return nil
  }
}
