import AssayModel
import Platform
import Reports

/// Tells a report to people. Pure: the same report gives the same text.
public enum DoctorText {
  /// The whole report, lines of at most 100 columns.
  public static func text(_ report: DoctorReport) -> String {
    var page = TextPage()
    // What was asked about comes first.
    if let database = report.database { self.database(database, on: &page) }
    if let folder = report.folder { self.folder(folder, on: &page) }
    library(report.library, on: &page)
    machine(report.machine, on: &page)
    return page.text
  }

  private static func machine(_ machine: MachineReport, on page: inout TextPage) {
    let environment = machine.environment
    let load = machine.load
    page.heading("Machine")
    page.row("processor", "\(environment.processorModel) (\(environment.architecture))")
    page.row("cores", "\(environment.coreCount)")
    page.row("memory", bytes(environment.memory))
    page.row("kernel", environment.kernelRelease)
    let means = [load.oneMinute, load.fiveMinutes, load.fifteenMinutes].map(Figures.share)
    page.row("load", means.joined(separator: ", ") + " (means of 1, 5 and 15 minutes)")
    page.row("jemalloc", words(machine.jemalloc))
  }

  private static func words(_ jemalloc: JemallocPresence) -> String {
    switch jemalloc {
    case .active: "serves this process"
    case .installed: "installed, not in use (storage.allocator: jemalloc)"
    case .absent: "not installed"
    }
  }

  private static func library(_ library: LibraryReport, on page: inout TextPage) {
    page.heading("SQLite \(library.version)")
    page.row("source id", library.sourceID)
    page.row(
      "sleeps",
      library.sleepsInWholeSeconds ? "in whole seconds (tried)" : "in milliseconds (tried)")
    for (index, note) in library.notableOptions.enumerated() {
      page.row(index == 0 ? "compiled with" : "", "\(note.option): \(note.meaning)")
    }
    let others = library.compileOptions.count - library.notableOptions.count
    if others > 0 {
      page.row("", "and \(Figures.count(others, "other option")) (--json lists all)")
    }
    hints(library.hints, on: &page)
    page.heading(
      library.knownBugs.isEmpty
        ? "No bug that Assay knows of has \(library.version) in its range"
        : "Known bugs of \(library.version)")
    for bug in library.knownBugs { self.bug(bug, on: &page) }
  }

  private static func bug(_ bug: BugReport, on page: inout TextPage) {
    page.row(words(bug.consequence), "\(bug.id): \(bug.title), \(bug.affected)")
    page.row("", "\(bug.description) \(bug.remedy) \(bug.source)")
    if let scenario = bug.scenario {
      page.row("", "Seen on this library by: assay run \(scenario)")
    }
  }

  private static func words(_ consequence: KnownBug.Consequence) -> String {
    switch consequence {
    case .corruption: "corruption"
    case .lostCommit: "lost commit"
    case .crash: "crash"
    case .wrongResult: "wrong result"
    }
  }

  private static func folder(_ folder: FolderReport, on page: inout TextPage) {
    page.heading("Folder \(folder.path)")
    fileSystem(folder.fileSystem, on: &page)
    page.row("overwrite 4 KiB, sync", cost(folder.syncOverwrite))
    page.row("append 4 KiB, sync", cost(folder.syncAppend))
    page.row("lock and unlock", cost(folder.lock))
    let memory = folder.sharedMemory
    page.row("shared memory", memory.works ? "works" : "fails: \(memory.reason ?? "")")
    hints(folder.hints, on: &page)
  }

  private static func fileSystem(_ report: FileSystemReport, on page: inout TextPage) {
    let facts = report.facts
    let place = facts.mountPoint.isEmpty ? "" : " at \(facts.mountPoint)"
    page.row("file system", "\(facts.type)\(place) (\(facts.options)), \(bytes(facts.free)) free")
    hints(report.hints, on: &page)
  }

  private static func cost(_ cost: ProbedCost) -> String {
    let parts = [("p50", cost.p50), ("p99", cost.p99), ("max", cost.max)].compactMap { name, span in
      span.map { "\(name) \(Figures.span($0.rawValue))" }
    }
    return parts.joined(separator: ", ") + ", n = \(Figures.count(cost.count))"
  }

  private static func database(_ database: DatabaseReport, on page: inout TextPage) {
    page.heading("Database \(database.path)")
    page.row("this user", database.access.text)
    hints(database.hints, on: &page)
    fileSystem(database.fileSystem, on: &page)
    page.row("size", bytes(database.fileSize))
    page.row("-wal", database.walSize.map(bytes) ?? "none")
    page.row("-journal", database.journalSize.map(bytes) ?? "none")
    page.row(
      "read",
      database.reading == .shared
        ? "as any reader reads it" : "the file alone, without a WAL or journal")
    for home in [DatabaseSetting.Home.file, .connection] {
      page.heading(
        home == .file ? "Stored in the file" : "Per connection, as a fresh one begins", level: 2)
      for setting in database.settings where setting.home == home {
        let meaning = setting.meaning.map { " (\($0))" } ?? ""
        page.row(setting.name, setting.value + meaning)
      }
    }
  }

  private static func hints(_ hints: [Hint], on page: inout TextPage) {
    for hint in hints { page.row(hint.level == .warning ? "WARNING" : "note", hint.message) }
  }

  private static func bytes(_ count: ByteCount) -> String {
    Figures.bytes(UInt64(max(0, count.bytes)))
  }
}

/// Lines of labels and texts, broken at blanks.
private struct TextPage {
  private static let width = 100
  private static let labelWidth = 24
  private var lines: [String] = []

  var text: String { lines.joined(separator: "\n") }

  mutating func heading(_ text: String, level: Int = 1) {
    if !lines.isEmpty, level == 1 { lines.append("") }
    lines.append(level == 1 ? text : "  \(text)")
  }

  /// A label in its column and a text beside it; a long text goes on below itself.
  mutating func row(_ label: String, _ text: String) {
    let indent = "  "
    var line = indent + label + blanks(Self.labelWidth - label.count)
    var isFirst = true
    for word in text.split(separator: " ") {
      if !isFirst, line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = indent + blanks(Self.labelWidth)
        isFirst = true
      }
      line += (isFirst ? "" : " ") + word
      isFirst = false
    }
    lines.append(line)
  }

  private func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(1, count))
  }
}
