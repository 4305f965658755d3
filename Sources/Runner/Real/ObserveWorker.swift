import AssayModel
import Platform
import SQLiteDriver
import Workloads

/// Opens the database after the run, which recovers it if need be, and reads what is in it.
struct ObserveWorker {
  private let assignment: WorkerAssignment
  private let control: ControlChannel

  init(_ assignment: WorkerAssignment, _ control: ControlChannel) {
    self.assignment = assignment
    self.control = control
  }

  func run() throws {
    let storage = try WorkerStorage(assignment)
    let entry = try workloadEntry(assignment.cell)
    let time = SystemTime()
    let start = time.monotonicNow()
    var observation: Observation
    do {
      var connection = try storage.openConnection([])
      _ = try connection.rows(text: "SELECT count(*) FROM sqlite_schema")
      let opened = time.monotonicNow()
      observation = try Self.observe(&connection, assignment, entry)
      observation.openNanoseconds = UInt64(max(0, (opened - start).rawValue))
    } catch let error as PlatformError {
      throw error
    } catch {
      // A database that cannot be read is what the check wants to know, not our failure.
      observation = Observation(failure: "\(error)")
      observation.isDamaged = WorkerError.isDamage(error)
    }
    try control.send(WorkerMessage.ready(WorkerReady(time: time)))
    try control.send(WorkerMessage.observed(observation))
  }

  /// Checks integrity and writes the rows of content to a file beside the histories.
  ///
  /// A reading that takes longer than `readingLimit` is given up, which the observation says.
  ///
  /// - Throws: `PlatformError` when the file cannot be written, otherwise what SQLite reports.
  static func observe(
    _ connection: inout Connection, _ assignment: WorkerAssignment,
    _ entry: WorkloadCatalog.Entry
  ) throws -> Observation {
    let deadline = connection.options.time.monotonicNow() + readingLimit
    do {
      return try connection.withDeadline(deadline) { try read(&$0, assignment, entry) }
    } catch let error as SQLiteError where error.cutShort == .deadline {
      return Observation.givenUp
    }
  }

  /// How long the final checks and the reading of the content may take together.
  static let readingLimit = Nanoseconds.seconds(1_800)

  private static func read(
    _ connection: inout Connection, _ assignment: WorkerAssignment,
    _ entry: WorkloadCatalog.Entry
  ) throws -> Observation {
    var observation = Observation()
    observation.integrityRows = try connection.integrityCheck(limit: 100)
    observation.foreignKeyRows = try connection.foreignKeyCheck().prefix(100).map { "\($0)" }
    observation.invariants = entry.readInvariants(&connection, assignment.cell)
    let path = "\(assignment.historyFolder)/content.rows"
    let writer = try BufferedRecordWriter(path: path, wordsPerRecord: 4)
    var failure: PlatformError?
    try entry.readContent(&connection) { row in
      guard failure == nil else { return }
      do throws(PlatformError) {
        try writer.append(RecordWords(row.kind.rawValue, row.subject, row.value, row.extra))
        observation.contentRows += 1
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    try writer.close()
    observation.contentFile = path
    return observation
  }
}

extension Observation {
  /// What is known when the reading of a database took too long.
  static let givenUp: Observation = {
    var observation = Observation()
    observation.unfinished =
      "the final reading of the database was given up after \(ObserveWorker.readingLimit.seconds) s"
    return observation
  }()
}

/// Reads the rows of content back.
struct ObservedContent: ContentStream {
  private let reader: BufferedRecordReader

  init(path: String) throws(PlatformError) {
    reader = try BufferedRecordReader(path: path)
  }

  mutating func next() throws -> ContentRow? {
    guard let words = try reader.next() else { return nil }
    guard let kind = ContentRow.Kind(rawValue: words.w0) else {
      throw RunnerError(.harness, "a row of content is of kind \(words.w0), which is not known")
    }
    return ContentRow(kind, subject: words.w1, value: words.w2, extra: words.w3)
  }
}
