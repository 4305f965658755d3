import AssayModel

@testable import Checkers

/// Histories, contents, processes and faults in a short notation, one line each; times are
/// milliseconds since measuring began.
///
///     process p0 0-1000 killed owner A     (p0 is the first incarnation, p0.1 the second)
///     kill p0 @500 in write
///     stale 0 @100                         (written by the harness; `by 9` planted by a process)
///     value 1=7 | account 0=1000 | row p0a0#3 0>1 10 | write 5 lock 0 token 3 nonce 9
///     counter 0=5
///     p0a0 store 1=7 @0-5 ok               (@3- has no completion)
///     p0a0 load 1=7 | delete 1 | transfer #3 0>1 10 | audit 2000
///     p0a0 acquire 0 token 1 until 500 granted 2     (or `ungranted`; else granted at its end)
///     p0a0 renew 0 token 1 until 900 | release 0 token 1
///     p0a0 write 0 token 1 nonce 5
///     own p0a0 1=p0a0#3 | count p0a0 2 p0a0#5 | total 2 | log p0a0#3        (workload mixed)
///     p0a0 own 1 #3 | increment #5 | several #3 0,1 log | see p0a0 1 p0a0#3 counter 2 sum 2
///
/// After the times stand `ok`, `failed` or `unknown`, then optionally `code N`, `since T` (the
/// intended start) and `again` (a later attempt of the same operation).
struct HistoryText {
  var events: [Event] = []
  var content: [ContentRow] = []
  var processes: [ProcessRecord] = []
  var faults: [FaultRecord] = []
  private var sequences: [ActorID: UInt64] = [:]

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      var reader = WordReader(words: Array(words.dropFirst()), line: String(line))
      switch first {
      case "process": addProcess(&reader)
      case "kill": addKill(&reader)
      case "stale": addStale(&reader)
      case "value", "account", "row", "write", "counter": addRow(first, &reader)
      case "own", "count", "total", "log": addMixedRow(first, &reader)
      default: addEvent(first, &reader)
      }
      precondition(reader.words.isEmpty, "left over in '\(line)': \(reader.words)")
    }
  }

  /// A time of the notation on the clock of the records; the run began at 1,000 s.
  static func time(_ milliseconds: Int) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000_000) + .milliseconds(Int64(milliseconds))
  }

  static func actor(_ text: String) -> ActorID {
    let parts = text.dropFirst().split(separator: "a")
    let process = parts[0].split(separator: ".").map { Int($0) ?? 0 }
    return ActorID(
      process: process[0], incarnation: process.count > 1 ? process[1] : 0,
      actor: parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  }

  private mutating func addProcess(_ reader: inout WordReader) {
    let actor = Self.actor(reader.next())
    let times = reader.range()
    let wasKilled = reader.take("killed")
    let owner = reader.take("owner") ? reader.next() : "\(actor)"
    processes.append(
      ProcessRecord(
        process: Int(actor.process), incarnation: Int(actor.incarnation), owner: owner,
        started: Self.time(times.0), ready: Self.time(times.0),
        ended: Self.time(times.1 ?? times.0), wasKilled: wasKilled, peakResidentBytes: 0))
  }

  private mutating func addKill(_ reader: inout WordReader) {
    let actor = Self.actor(reader.next())
    let time = reader.range().0
    let hit = reader.take("in") && reader.take("write")
    faults.append(
      FaultRecord(
        kind: .kill, process: Int(actor.process), target: "p\(actor.process)",
        hitDuringWrite: hit, injected: Self.time(time)))
  }

  private mutating func addStale(_ reader: inout WordReader) {
    let lock = reader.number()
    let process = reader.take("by") ? reader.number() : nil
    faults.append(
      FaultRecord(
        kind: .staleLock, process: process, target: "lock \(lock)",
        injected: Self.time(reader.range().0)))
  }

  private mutating func addRow(_ kind: String, _ reader: inout WordReader) {
    switch kind {
    case "value", "counter", "account":
      let pair = reader.pair("=")
      let name: ContentRow.Kind =
        kind == "value" ? .value : kind == "counter" ? .counter : .account
      content.append(ContentRow(name, subject: UInt64(pair.0), value: UInt64(bitPattern: pair.1)))
    case "row":
      let name = reader.next().split(separator: "#")
      let transfer = TransferID(
        actor: Self.actor(String(name[0])), number: UInt32(name[1]) ?? 0)
      let accounts = reader.pair(">")
      content.append(
        ContentRow(
          .transfer, subject: transfer.rawValue,
          value: UInt64(accounts.0) << 32 | UInt64(accounts.1), extra: UInt64(reader.number())))
    default:
      let position = UInt64(reader.number())
      let lock = UInt64(reader.number(after: "lock"))
      let token = UInt64(reader.number(after: "token"))
      content.append(
        ContentRow(
          .protectedWrite, subject: position, value: lock << 32 | token & 0xffff_ffff,
          extra: UInt64(reader.number(after: "nonce"))))
    }
  }

  private mutating func addEvent(_ name: String, _ reader: inout WordReader) {
    let actor = Self.actor(name)
    var operation = Self.operation(reader.next(), actor, &reader)
    let isUngranted = reader.take("ungranted")
    let times = reader.range()
    let outcome: Event.Outcome =
      reader.take("ok") ? .ok : reader.take("failed") ? .failed : .unknown
    _ = reader.take("unknown")
    let code = reader.take("code") ? Int32(reader.number()) : 0
    let intended = reader.take("since") ? reader.number() : times.0
    let isFirst = !reader.take("again")
    if operation.kind == .acquire, !isUngranted, operation.detail == 0, let end = times.1 {
      operation.detail = Self.time(end).nanoseconds
    }
    let sequence = sequences[actor, default: 0]
    sequences[actor] = sequence + 1
    events.append(
      Event(
        actor: actor, sequence: sequence, operation: operation, outcome: outcome, code: code,
        isFirstAttempt: isFirst, intended: Self.time(intended), invoked: Self.time(times.0),
        completed: times.1.map(Self.time)))
  }

  private static func operation(
    _ name: String, _ actor: ActorID, _ reader: inout WordReader
  ) -> WorkloadOperation {
    switch name {
    case "load", "store":
      let pair = reader.pair("=")
      return WorkloadOperation(
        name == "load" ? .load : .store, subject: UInt64(pair.0), value: UInt64(pair.1))
    case "delete": return WorkloadOperation(.delete, subject: UInt64(reader.number()))
    case "audit":
      return WorkloadOperation(.audit, value: UInt64(bitPattern: Int64(reader.number())))
    case "transfer":
      let number = UInt32(reader.next().dropFirst()) ?? 0
      let accounts = reader.pair(">")
      return WorkloadOperation(
        .transfer, subject: TransferID(actor: actor, number: number).rawValue,
        value: UInt64(accounts.0) << 32 | UInt64(accounts.1), extra: UInt64(reader.number()))
    case "own", "increment", "several", "see": return mixedOperation(name, actor, &reader)
    default: return lockOperation(name, &reader)
    }
  }

  private static func lockOperation(
    _ name: String, _ reader: inout WordReader
  ) -> WorkloadOperation {
    let lock = UInt64(reader.number())
    let token = reader.take("token") ? UInt64(reader.number()) : 0
    switch name {
    case "release": return WorkloadOperation(.release, subject: lock, value: token)
    case "write":
      let nonce = UInt64(reader.number(after: "nonce"))
      return WorkloadOperation(.protectedWrite, subject: lock, value: token, extra: nonce)
    case "acquire", "renew":
      let until = reader.take("until") ? time(reader.number()).nanoseconds : 0
      let granted = reader.take("granted") ? time(reader.number()).nanoseconds : 0
      return WorkloadOperation(
        name == "acquire" ? .acquire : .renew, subject: lock, value: token, extra: until,
        detail: granted)
    default: preconditionFailure("no operation '\(name)' in '\(reader.line)'")
    }
  }
}

/// Reads a line of the notation word by word; a mistake in a test's text traps with the line.
struct WordReader {
  var words: [String]
  let line: String

  mutating func next() -> String {
    precondition(!words.isEmpty, "a word is missing in '\(line)'")
    return words.removeFirst()
  }

  mutating func take(_ word: String) -> Bool {
    guard words.first == word else { return false }
    words.removeFirst()
    return true
  }

  mutating func number(after word: String? = nil) -> Int {
    if let word { precondition(take(word), "'\(word)' is missing in '\(line)'") }
    let text = next()
    guard let number = Int(text) else { preconditionFailure("'\(text)' in '\(line)'") }
    return number
  }

  mutating func pair(_ separator: Character) -> (Int, Int64) {
    let parts = next().split(separator: separator)
    guard parts.count == 2, let left = Int(parts[0]), let right = Int64(parts[1]) else {
      preconditionFailure("no pair in '\(line)'")
    }
    return (left, right)
  }

  /// `@0-5`, `@3-`, `@3` or without the sign.
  mutating func range() -> (Int, Int?) {
    let text = next().drop { $0 == "@" }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let start = Int(parts[0]) else { preconditionFailure("no times in '\(line)'") }
    return (start, parts.count > 1 ? Int(parts[1]) : nil)
  }
}
