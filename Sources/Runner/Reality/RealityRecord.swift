import AssayModel
import FaultVFS

/// One call of SQLite's that was announced, in the order in which calls took effect.
struct AnnouncedCall: Hashable, Codable, Sendable {
  /// The method.
  var method: VFSMethod
  /// The kind of file; `nil` where it is not known.
  var file: FileKind?
  /// Number of the actor; -1 for whoever opens and closes.
  var actor: Int
  /// Steps of files before it.
  var steps: Int
}

/// One file as a run left it.
struct FileContent: Hashable, Codable, Sendable {
  /// Its name without the folder.
  var name: String
  /// Its length.
  var count: Int
  /// Of its bytes.
  var hash: ImageHash

  init(name: String, _ bytes: [UInt8]) {
    self.name = name
    count = bytes.count
    hash = ImageHash(of: bytes)
  }
}

extension FileContent: CustomStringConvertible {
  /// Such as `assay.db-wal of 4096 bytes 0123...`.
  var description: String { "\(name) of \(count) bytes \(hash)" }
}

/// All that is compared of a run of a program: on the simulated disk, and on real files.
struct RealityRecord: Hashable, Codable, Sendable {
  /// How the run ended.
  var ending: String
  /// Tells schedules apart.
  var digest: UInt64
  /// What every actor saw, in order: operations, answers, codes, virtual times.
  var events: [String]
  /// How many attempts another connection's lock ended.
  var busyCount: Int
  /// Every call, opening and closing the databases included.
  var calls: [AnnouncedCall]
  /// What the calls did to files.
  var steps: [FileStep]
  /// What is there when every database is closed.
  var files: [FileContent]

  /// Syncs of files.
  var syncCount: Int { steps.count { $0.kind == .sync } }
}

extension RealityRecord {
  /// Where another run of the same program differs; empty for nowhere.
  ///
  /// Of each part only the first difference is told: what follows it follows from it.
  func differences(from real: RealityRecord) -> [String] {
    var found: [String] = []
    func compare<Part: Equatable>(_ what: String, _ simulated: Part, _ real: Part) {
      if simulated != real { found.append("\(what): simulated \(simulated), real \(real)") }
    }
    compare("ending", ending, real.ending)
    compare("schedule", digest, real.digest)
    compareLists("call", calls, real.calls) { $0.isSame(as: $1) }
    compareLists("step", steps, real.steps, by: ==)
    compareLists("sync", syncs, real.syncs, by: ==)
    compareLists("event", events, real.events, by: ==)
    compare("files at the end", files, real.files)
    func compareLists<Element>(
      _ what: String, _ simulated: [Element], _ real: [Element],
      by isSame: (Element, Element) -> Bool
    ) {
      let first = zip(simulated, real).enumerated().first { !isSame($1.0, $1.1) }
      if let first {
        found.append(
          "\(what) \(first.offset): simulated \(first.element.0), real \(first.element.1)")
      } else if simulated.count != real.count {
        let longer = simulated.count > real.count ? simulated : real
        let next = longer[min(simulated.count, real.count)]
        found.append("\(what)s: simulated \(simulated.count), real \(real.count), then \(next)")
      }
    }
    return found
  }

  /// What each file held when it was synced.
  private var syncs: [FileStep] { steps.filter { $0.kind == .sync } }
}

extension AnnouncedCall {
  /// The simulated disk does not say of which kind a name without a file is.
  fileprivate func isSame(as real: AnnouncedCall) -> Bool {
    var real = real
    if file == nil { real.file = nil }
    return self == real
  }
}
