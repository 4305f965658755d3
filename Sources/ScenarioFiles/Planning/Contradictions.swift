import AssayModel

/// Finds settings that are valid on their own but contradict each other.
struct Contradictions {
  let draft: ScenarioDraft
  let tree: YAMLNode
  let disk: DiskSettings
  /// The axes of the matrix: a cell may exist for comparison only.
  let axes: [String: [DecodingContext.AxisValue]]
  /// Duration of a cell as the file states it.
  let fileDuration: Nanoseconds?
  private var errors: [ScenarioError] = []

  var storage: StorageSettings { draft.settings.storage }
  var load: LoadSettings { draft.settings.load }

  /// Reports the contradictions of one cell, with the places of its tree.
  static func find(
    in draft: ScenarioDraft, _ tree: YAMLNode, _ context: inout DecodingContext
  ) {
    var search = Contradictions(
      draft: draft, tree: tree, axes: context.axes, fileDuration: context.fileDuration)
    search.checkStorage()
    search.checkLoad()
    search.checkWorkload()
    search.checkWorld()
    search.checkDisk()
    search.checkFaults()
    search.checkChecks()
    search.checkExpectations()
    search.checkGate()
    search.checkShow()
    search.checkTuning()
    for error in search.errors { context.report(error) }
  }

  private init(
    draft: ScenarioDraft, tree: YAMLNode, axes: [String: [DecodingContext.AxisValue]],
    fileDuration: Nanoseconds?
  ) {
    self.axes = axes
    self.fileDuration = fileDuration
    self.draft = draft
    self.tree = tree
    disk = draft.settings.disk.disk
  }

  /// Returns true if another cell of the matrix has one of these values of a setting.
  func varies(_ path: String, to values: [String]) -> Bool {
    axes[path]?.contains { values.contains($0.canonical) } ?? false
  }

  mutating func refuse(
    _ condition: Bool, _ path: String, _ found: String, _ allowed: String,
    at place: SourcePlace? = nil
  ) {
    guard condition else { return }
    errors.append(
      ScenarioError(
        code: .contradiction, place: place ?? tree.place(at: path), path: path, found: found,
        allowed: allowed))
  }

  private mutating func checkStorage() {
    refuse(
      storage.maxIdleConnections > storage.maxOpenConnections, "storage.max_idle_connections",
      "\(storage.maxIdleConnections) idle of \(storage.maxOpenConnections) open connections",
      "at most storage.max_open_connections")
    checkExclusiveLocking()
    checkHeapLimits()
    checkFileSystemLayer()
    refuse(
      storage.journalMode == .wal
        && storage.uriParameters?.contains { $0.name == "nolock" } == true,
      "storage.journal_mode", "'wal' with nolock=1 in storage.path",
      "another journal mode, because a write-ahead log needs locks")
    guard storage.isInMemory else { return }
    refuse(
      storage.journalMode != .memory && storage.journalMode != .off, "storage.journal_mode",
      "'\(storage.journalMode.rawValue)' with storage.path ':memory:'", "memory, off")
    refuse(
      storage.maxOpenConnections > 1, "storage.max_open_connections",
      "\(storage.maxOpenConnections) connections with storage.path ':memory:'",
      "1, since each connection would have an empty database of its own")
    refuse(
      storage.topology != .pool, "storage.topology",
      "'\(storage.topology.rawValue)' with storage.path ':memory:'",
      "pool, since each connection would have an empty database of its own")
    refuse(
      load.processes > 1, "load.processes",
      "\(load.processes) processes with storage.path ':memory:'",
      "1, since each process would have an empty database of its own")
  }

  /// True if the first connection keeps its lock until it closes.
  var locksExclusively: Bool {
    storage.pragmas.contains {
      $0.name == "locking_mode" && $0.value.lowercased() == "exclusive"
    }
  }

  /// SQLite's layers with other locks than POSIX's offer no shared memory, and without it a
  /// write-ahead log belongs to one connection only. Source: wal.html, section 6.
  private mutating func checkFileSystemLayer() {
    refuse(
      storage.journalMode == .wal && storage.vfs != .standard && !locksExclusively,
      "storage.journal_mode", "'wal' with storage.vfs '\(storage.vfs.rawValue)'",
      "another journal mode, or storage.locking_mode: exclusive, because this file system layer "
        + "has no shared memory for the WAL index")
  }

  /// No other connection than the first one would ever open.
  private mutating func checkExclusiveLocking() {
    guard locksExclusively, !storage.isInMemory else { return }
    let found = "with storage.locking_mode 'exclusive'"
    let reason = "since the first connection would keep all others out"
    refuse(
      load.processes > 1, "load.processes", "\(load.processes) processes \(found)",
      "1, \(reason)")
    refuse(
      storage.topology != .pool, "storage.topology", "'\(storage.topology.rawValue)' \(found)",
      "pool, \(reason)")
    refuse(
      storage.topology == .pool && storage.maxOpenConnections > 1, "storage.max_open_connections",
      "\(storage.maxOpenConnections) connections \(found)", "1, \(reason)")
  }

  /// With a hard limit SQLite lowers the soft limit to it, so the value in effect is not the one
  /// requested. Source: c3ref/hard_heap_limit64.html.
  private mutating func checkHeapLimits() {
    func limit(_ name: String) -> Int64? {
      storage.pragmas.last { $0.name == name }.flatMap { Int64($0.value) }
    }
    guard let hard = limit("hard_heap_limit"), hard > 0, let soft = limit("soft_heap_limit")
    else { return }
    refuse(
      soft == 0 || soft > hard, "storage.soft_heap_limit",
      "\(soft == 0 ? "no limit" : "\(soft) bytes") with a storage.hard_heap_limit of \(hard) bytes",
      "1 to \(hard) bytes, since SQLite lowers it to the hard limit")
  }

  private mutating func checkLoad() {
    let hasBoth =
      tree.node(at: "load.duration") != nil && tree.node(at: "load.operations") != nil
    refuse(hasBoth, "load.operations", "operations together with duration", "one of the two")
    refuse(
      load.writers + load.readers == 0, "load", "no writers and no readers",
      "at least one of load.writers and load.readers above 0")
    refuse(
      load.rate != .closed && load.think > .zero, "load.think", "a pause in an open loop",
      "load.think with load.rate closed, since arrivals do not wait")
  }

  private mutating func checkWorkload() {
    let name = load.workload.rawValue
    refuse(
      !load.mix.isEmpty && ![.kv, .mixed].contains(load.workload), "load.mix",
      "a mix for workload \(name)", "load.mix with workload kv or mixed")
    refuse(
      load.hold > .zero && !hasLocks, "load.hold",
      "hold for workload \(name)", "load.hold with workload locks")
    refuse(
      load.workload == .ledger && load.keyCount < 2, "load.keys.count", "a ledger with one account",
      "at least 2 accounts to transfer between")
    checkSQL()
    for key in ["setup", "transactions", "invariants", "invariant_timeout"] {
      refuse(
        load.workload != .sql && tree.node(at: "load.\(key)") != nil, "load.\(key)",
        "\(key) for workload \(name)", "load.\(key) with workload sql")
    }
  }
}

extension Contradictions {
  /// Checks the keys and values that only the user's own SQL has.
  private mutating func checkSQL() {
    guard load.workload == .sql else { return }
    refuse(
      load.sql?.transactions.isEmpty != false, "load.workload", "workload sql without transactions",
      "load.transactions, such as [{statements: [UPDATE t SET n = n + 1]}]")
    refuse(
      load.readers > 0 && load.sql?.invariants.isEmpty != false, "load.readers",
      "readers of workload sql without invariants",
      "load.invariants, which they evaluate, or readers: 0")
    for key in ["keys", "value_size"] {
      refuse(
        tree.node(at: "load.\(key)") != nil, "load.\(key)", "\(key) for workload sql",
        "load.\(key) with another workload; parameters draw what transactions need")
    }
  }
}

// MARK: - Expectations

extension Contradictions {
  private mutating func checkExpectations() {
    for expectation in draft.expectations {
      let path = "expect.\(expectation.check.rawValue)"
      for rule in Planner.resolve(expectation, draft.settings)?.rules ?? [] {
        if case .bound(let bound) = rule.requirement { checkBound(bound, path) }
      }
    }
  }

  private mutating func checkBound(_ bound: Bound, _ path: String) {
    for expression in [bound.min, bound.max].compactMap({ $0 }) {
      for variable in expression.terms.compactMap(\.variable) {
        refuse(
          draft.settings.value(of: variable) == nil, path,
          "'\(expression.text)' where \(variable.rawValue) is not set",
          "a storage.\(variable.rawValue), or a bound without it")
      }
    }
    if let low = bound.min, let high = bound.max,
      let lowest = low.value(draft.settings.value), let highest = high.value(draft.settings.value)
    {
      refuse(
        lowest > highest, path, "min '\(low.text)' above max '\(high.text)'",
        "min at most as large as max")
    }
    guard let operation = bound.operation else { return }
    let known = operationNames(under: path)
    // Without known operations, the workload itself is refused when it is to run.
    refuse(
      !known.isEmpty && !known.contains(operation)
        && !OperationKind.namesOutsideLoad.contains(operation), path,
      "operation \(operation) for workload \(load.workload.rawValue)",
      (known + OperationKind.namesOutsideLoad.sorted()).joined(separator: ", "))
  }
}
