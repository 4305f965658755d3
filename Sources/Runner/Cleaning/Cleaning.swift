public import AssayModel
import Platform
import Reports

/// Which old runs are removed.
public struct CleaningRule: Equatable, Sendable {
  /// How many finished runs of each scenario stay, the newest.
  public var keep: Int?
  /// Finished runs that are younger stay.
  public var olderThan: Nanoseconds?

  /// Creates a rule; where both are given, a run goes that neither lets stay.
  public init(keep: Int? = nil, olderThan: Nanoseconds? = nil) {
    self.keep = keep
    self.olderThan = olderThan
  }

  /// Marks what goes: of finished runs those that the rule names, and every abandoned one. A run
  /// under way stays, and without a rule all stay.
  func marked(_ runs: [StoredRun], now: WallTime) -> [StoredRun] {
    guard keep != nil || olderThan != nil else { return runs }
    var kept: [String: Int] = [:]
    var marked = runs
    let newestFirst = runs.indices.sorted { runs[$0].started > runs[$1].started }
    for index in newestFirst {
      let run = runs[index]
      switch run.state {
      case .running: continue
      case .abandoned: marked[index].removed = true
      case .finished:
        kept[run.scenario, default: 0] += 1
        let isBeyond = keep.map { kept[run.scenario, default: 0] > $0 } ?? true
        let age = (now.milliseconds - run.started.milliseconds).multipliedReportingOverflow(
          by: 1_000_000)
        let isOld = olderThan.map { age.overflow || age.partialValue > $0.rawValue } ?? true
        marked[index].removed = isBeyond && isOld
      }
    }
    return marked
  }
}

/// What `assay clean` found and did.
public struct CleanDocument: Codable, Equatable, Sendable {
  /// Version of this form; a published version never changes its meaning.
  public var schema = 1
  /// The results' folder.
  public var folder: String
  /// Whether nothing was removed, only told.
  public var isDryRun: Bool
  /// Every run, by scenario and time.
  public var runs: [StoredRun]
  /// What could not be removed, and why.
  public var failures: [String] = []

  /// Looks at the runs of a results' folder and removes those that the rule names.
  ///
  /// - Throws: `input` when the folder cannot be read.
  public init(folder: String, rule: CleaningRule, isDryRun: Bool) throws(RunnerError) {
    self.folder = folder
    self.isDryRun = isDryRun
    runs = rule.marked(try StoredRun.all(results: folder), now: SystemTime().wallNow())
    guard !isDryRun else { return }
    for index in runs.indices where runs[index].removed {
      // It may have been taken up since it was looked at.
      guard !RunLease.isHeld(runs[index].path) else {
        runs[index].removed = false
        continue
      }
      do throws(PlatformError) {
        if let data = runs[index].data { try Folder.remove(data) }
        try Folder.remove(runs[index].path)
      } catch {
        runs[index].removed = false
        failures.append("\(runs[index].path): \(error)")
      }
    }
  }

  /// What was found and done, for people.
  public func text(hasRule: Bool) -> String {
    guard !runs.isEmpty else { return "No runs in \(folder)/Runs." }
    var lines: [String] = []
    for scenario in Set(runs.map(\.scenario)).sorted() {
      let own = runs.filter { $0.scenario == scenario }
      lines.append("\(scenario): \(Self.sum(own))")
      for run in own { lines.append("  \(run.run)  \(Self.size(run.bytes))\(remark(run))") }
    }
    let removed = runs.filter(\.removed)
    let verb = isDryRun ? "Would remove" : "Removed"
    lines.append("")
    lines.append(
      hasRule
        ? "\(verb) \(Self.sum(removed)) of \(Self.sum(runs))."
        : "\(Self.sum(runs)). Nothing was removed: choose with --keep 5 or --older-than 7d.")
    return (lines + failures.map { "Not removed: \($0)" }).joined(separator: "\n")
  }

  private func remark(_ run: StoredRun) -> String {
    var words: [String] = []
    switch run.state {
    case .finished: break
    case .abandoned: words.append("no result: its coordinator was killed or failed")
    case .running: words.append("running")
    }
    if let data = run.data { words.append("databases in \(data)") }
    if run.removed { words.append(isDryRun ? "would be removed" : "removed") }
    return words.isEmpty ? "" : "  (\(words.joined(separator: "; ")))"
  }

  private static func sum(_ runs: [StoredRun]) -> String {
    "\(Figures.count(runs.count, "run")), \(size(runs.reduce(0) { $0 + $1.bytes }))"
  }

  private static func size(_ bytes: Int64) -> String { Figures.bytes(UInt64(max(0, bytes))) }
}

/// What a run left in its folder.
public enum LeftBehind {
  /// The size of a run's folder, for the line that names its result.
  public static func text(folder: String) -> String {
    Figures.bytes(UInt64(max(0, Folder.allocatedBytes(in: folder))))
  }
}
