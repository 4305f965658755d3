import AssayModel

/// What a random scenario explores: each kind has its own share of a swarm.
enum SwarmKind: String, CaseIterable, Sendable {
  case powerLoss = "power loss"
  case processCrash = "process crash"
  case recoveryRace = "recovery race"
  case processRace = "process crash with strategy"
  case schedules
  case faultedSchedules = "schedules with faults"
  case errorSweep = "sweep of I/O errors"
  case memorySweep = "sweep of memory"
  case real
  case faultedReal = "real with faults"

  /// Where it runs.
  var world: World { [.real, .faultedReal].contains(self) ? .real : .simulated }

  /// Its share of a swarm, relative to the others: cheap kinds that have found most come first.
  var weight: Int {
    switch self {
    case .powerLoss: 24
    case .schedules, .faultedSchedules: 18
    case .processCrash: 10
    case .recoveryRace: 8
    case .faultedReal: 7
    case .processRace, .errorSweep, .memorySweep: 4
    case .real: 3
    }
  }
}

/// A random scenario before it is text: settings by their paths, so that one that contradicts
/// another can be drawn again or taken out.
struct SwarmScenario: Sendable {
  /// A key and its value as YAML.
  struct Entry: Hashable, Sendable {
    /// From the section down, such as `load.keys.count`; in a fault the key alone.
    var path: String
    var value: String
  }

  var index: Int
  var kind: SwarmKind
  var settings: [Entry] = []
  var faults: [[Entry]] = []
  /// One axis at most: its values joined by commas.
  var axis: Entry?
  var expectations: [Entry] = []

  /// Names the scenario and the folder of its results.
  var name: String { "swarm-\(index)" }

  /// The value under a path.
  subscript(path: String) -> String? { settings.last { $0.path == path }?.value }

  /// The file.
  var text: String {
    var lines = [
      "name: \(name)", "question: Does SQLite keep its promises at random point \(index)?",
      "world: \(kind.world.rawValue)",
    ]
    var sections: [String] = []
    for entry in settings {
      let section = Self.head(entry.path)
      if !sections.contains(section) { sections.append(section) }
    }
    for section in sections {
      lines.append("\(section): \(Self.value(settings.filter { Self.head($0.path) == section }))")
    }
    if let axis { lines.append("matrix: { \(axis.path): [\(axis.value)] }") }
    if !faults.isEmpty {
      lines.append("faults:")
      lines += faults.map { "  - \(Self.mapping($0))" }
    }
    if !expectations.isEmpty {
      lines.append("expect:")
      lines += expectations.map { "  \($0.path): \($0.value)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The number of the fault on a line of the text, from 1.
  func fault(onLine line: Int) -> Int? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(of: "faults:"), line >= first + 2 else { return nil }
    let index = line - first - 2
    return faults.indices.contains(index) ? index : nil
  }

  /// A section's value: one scalar, or a mapping whose keys may be mappings themselves.
  private static func value(_ entries: [Entry]) -> String {
    let below = entries.map { Entry(path: tail($0.path), value: $0.value) }
    if below.count == 1, below[0].path.isEmpty { return quoted(below[0].value) }
    var keys: [String] = []
    for entry in below where !keys.contains(head(entry.path)) { keys.append(head(entry.path)) }
    let parts = keys.map { key in
      "\(key): \(value(below.filter { head($0.path) == key }))"
    }
    return "{ \(parts.joined(separator: ", ")) }"
  }

  private static func mapping(_ entries: [Entry]) -> String {
    "{ \(entries.map { "\($0.path): \(quoted($0.value))" }.joined(separator: ", ")) }"
  }

  private static func head(_ path: String) -> String {
    String(path.prefix { $0 != "." })
  }

  private static func tail(_ path: String) -> String {
    String(path.dropFirst(head(path).count + 1))
  }

  /// A scalar in quotes where YAML could misread it; lists and mappings as they are.
  static func quoted(_ value: String) -> String {
    if let first = value.first, "[{\"".contains(first) { return value }
    let isPlain = value.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
        || [0x2d, 0x2e, 0x2f, 0x5f].contains(byte)
    }
    return isPlain && !value.isEmpty ? value : "\"\(value)\""
  }
}
