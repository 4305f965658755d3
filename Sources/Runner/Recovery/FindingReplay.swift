import AssayModel
import FaultVFS
import Platform

/// What came of making a finding again.
public struct ReplayReport: Hashable, Codable, Sendable {
  /// Whether the same violation was found in the same image.
  public var isReproduced: Bool
  /// What differs from the finding; empty when it was reproduced.
  public var differences: [String]
  /// What was found, in a sentence.
  public var found: String
  /// The operations before the crash with what survived of each, a line each, or the lane diagram
  /// of a schedule.
  public var trace: [String]
  /// Files that were written for inspection.
  public var files: [String]
}

/// Makes a finding again in a worker: its program, its image, and what recovery makes of it.
struct FindingReplay {
  private let finding: CrashFinding
  private let program: SimulatedProgram

  init(_ finding: CrashFinding, _ program: SimulatedProgram) {
    self.finding = finding
    self.program = program
  }

  /// - Parameter filesFolder: gets the files of the image as recovery found them.
  func run(filesFolder: String?) throws -> ReplayReport {
    let trace = try program.run(finding.program, skips: finding.skips)
    var report = ReplayReport(
      isReproduced: false, differences: [], found: "", trace: [], files: [])
    let digest = trace.disk.log.digest.description
    guard digest == finding.logDigest else {
      report.differences = [
        "the program wrote other bytes: its log has the digest \(digest), the finding's "
          + finding.logDigest
      ]
      return report
    }
    var state: DiskState?
    var lines: [String] = []
    let trial = ImageTrial(program: program, trace: trace)
    let outcome = trial.run(finding.image, recovery: finding.recovery) { builder, choice in
      state = DiskState(of: builder.disk)
      if finding.recovery != nil {
        lines =
          ["during recovery:"] + TraceText(builder, choice, program.cell.load).lines(events: [])
      }
    }
    let builder = CrashImageBuilder(trace.disk, settings: program.cell.disk)
    if let choice = builder.find(finding.image) {
      lines = TraceText(builder, choice, program.cell.load).lines(events: trace.events) + lines
    }
    report.trace = lines
    guard let outcome else {
      report.differences = ["the finding names an image that the log does not hold"]
      return report
    }
    report.found = outcome.found(finding.kind) ?? ""
    if outcome.hash.description != finding.imageDigest {
      report.differences.append("the image has the digest \(outcome.hash)")
    }
    if report.found.isEmpty {
      let others = outcome.judgement.violations.map(\.found)
      report.differences.append(
        "no '\(finding.kind.text)' was found, but: "
          + (others.isEmpty ? "nothing wrong" : others.joined(separator: "; ")))
    }
    report.isReproduced = report.differences.isEmpty
    if let filesFolder, let state { report.files = try write(state, to: filesFolder) }
    return report
  }

  private func write(_ state: DiskState, to folder: String) throws(PlatformError) -> [String] {
    try Folder.create(folder)
    var paths: [String] = []
    for file in state.files {
      let path = folder + file.path
      try ByteFile.replace(path, with: file.content)
      paths.append(path)
    }
    return paths
  }
}

/// The operations before a crash for people: what each did, and what of it survived.
struct TraceText {
  private let builder: CrashImageBuilder
  private let choice: ImageChoice
  private let load: LoadSettings

  init(_ builder: CrashImageBuilder, _ choice: ImageChoice, _ load: LoadSettings) {
    self.builder = builder
    self.choice = choice
    self.load = load
  }

  /// One line an operation; between them what the actors asked and heard.
  func lines(events: [SimulatedEvent]) -> [String] {
    var notes: [Int: [String]] = [:]
    for event in events {
      let name = "\(event.event.actor) \(event.event.operation.name(in: load))"
      notes[Int(event.invokedAt), default: []].append("  \(name) begins")
      guard let completed = event.completedAt else { continue }
      let end = event.event.outcome == .ok ? "acknowledged" : "ended: \(event.event.outcome)"
      notes[Int(completed), default: []].append("  \(name) \(end)")
    }
    var lines: [String] = []
    for (position, operation) in builder.operationsBeforeCrash.enumerated() {
      lines += notes[position] ?? []
      lines.append(line(position, operation))
    }
    lines += notes[builder.position] ?? []
    return lines + ["  crash at \(builder.position)"]
  }

  private func line(_ position: Int, _ operation: DiskOperation) -> String {
    let number = String(position)
    let padding = String(repeating: " ", count: max(0, 5 - number.count))
    return "\(padding)\(number)  \(text(of: operation))  \(fate(position, operation))"
  }

  private func text(of operation: DiskOperation) -> String {
    let file = operation.file.rawValue
    switch operation.kind {
    case .write: return "write \(file) \(operation.offset)+\(operation.count)"
    case .truncate: return "truncate \(file) to \(operation.offset)"
    case .sync: return "sync \(file)"
    case .create: return "create \(file)"
    case .delete: return "delete \(file)"
    case .directorySync: return "sync directory"
    case .transactionBegan: return "transaction \(operation.offset) begins"
    case .transactionEnded: return "transaction \(operation.offset) ends"
    }
  }

  private func fate(_ position: Int, _ operation: DiskOperation) -> String {
    switch operation.kind {
    case .sync, .directorySync, .transactionBegan, .transactionEnded: return ""
    case .write, .truncate, .create, .delete: break
    }
    let fate = builder.fate(ofOperation: position, in: choice)
    if fate.isDurable { return "durable" }
    if fate.lost == 0, fate.garbage == 0 { return "survived" }
    var parts: [String] = []
    if fate.lost > 0 {
      parts.append(fate.total == 1 ? "LOST" : "LOST \(fate.lost) of \(fate.total) sectors")
    }
    if fate.garbage > 0 { parts.append("GARBAGE in \(fate.garbage) of \(fate.total) sectors") }
    return parts.joined(separator: ", ")
  }
}
