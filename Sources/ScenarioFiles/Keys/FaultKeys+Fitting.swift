import AssayModel

extension FaultDraft {
  /// Puts the parts together.
  ///
  /// - Returns: `nil` when they do not fit; the reason is reported.
  func specification(
    at place: SourcePlace, _ context: inout DecodingContext
  ) -> FaultSpecification? {
    guard kinds.count == 1, let (kind, target) = kinds.first else {
      let names = FaultSpecification.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      let found = kinds.isEmpty ? "no kind of fault" : "\(kinds.count) kinds of faults in one entry"
      context.report(.contradiction, place, found: found, allowed: "one of \(names)")
      return nil
    }
    let allowedTriggers = Self.triggers(of: kind)
    guard triggers.count == 1, let trigger = triggers.first?.trigger,
      let name = triggers.first?.key, allowedTriggers.contains(name)
    else {
      let keys = triggers.map(\.key).joined(separator: " and ")
      context.report(
        .contradiction, place,
        found: "\(kind.rawValue) \(triggers.isEmpty ? "without a trigger" : "with \(keys)")",
        allowed: "exactly one of \(allowedTriggers.joined(separator: ", "))")
      return nil
    }
    let isCopy = kind == .tamper && target == CopyMethod.cp.target
    var fault = FaultSpecification(
      kind: kind, target: isCopy ? context.settings.copying.target : target, trigger: trigger)
    fault.duration = duration
    fault.restartAfter = restartAfter
    fault.restartOwner = restartOwner ?? .asConfigured
    fault.clock = kind == .clock ? clock : nil
    fault.method = method
    fault.file = file
    fault.moment = moment ?? .before
    fault.lasting = lasting ?? .once
    fault.dropsDirtyPages = drops ?? false
    fault.during = during
    if let misfit = misfit(of: fault) {
      context.report(.contradiction, place, found: misfit.found, allowed: misfit.allowed)
      return nil
    }
    return fault
  }

  private static func triggers(of kind: FaultSpecification.Kind) -> [String] {
    switch kind {
    case .kill: ["at", "every", "after", "operation", "probability"]
    case .pause: ["at", "every", "probability"]
    case .clock, .staleLock, .tamper: ["at", "every"]
    case .diskFull: ["at", "every", "after", "operation", "probability"]
    default: ["at", "every", "operation", "probability"]
    }
  }

  /// A part of a fault that is not allowed in its place.
  private typealias Misfit = (isWrong: Bool, found: String, allowed: String)

  /// Returns the first part that does not belong to the kind.
  private func misfit(of fault: FaultSpecification) -> Misfit? {
    let all =
      processMisfits(fault) + clockMisfits(fault) + triggerMisfits(fault) + callMisfits(fault)
      + lastingMisfits(fault)
    return all.first { $0.isWrong }
  }

  private func processMisfits(_ fault: FaultSpecification) -> [Misfit] {
    let kind = fault.kind.rawValue
    return [
      (fault.kind == .pause && duration == nil, "pause without for", "for, such as for: 1s"),
      (
        duration != nil && fault.kind != .pause && !fault.kind.isOfCalls, "\(kind) with for",
        "for with pause and faults of the file system"
      ),
      (
        fault.kind != .kill && (restartAfter != nil || restartOwner != nil),
        "\(kind) with \(restartAfter != nil ? "restart_after" : "owner")",
        "restart_after and owner with kill"
      ),
      (
        restartOwner != nil && restartAfter == nil, "owner without restart_after",
        "both or neither"
      ),
    ]
  }

  private func clockMisfits(_ fault: FaultSpecification) -> [Misfit] {
    let isStill = clock.skew == .zero && clock.drift == 0 && clock.step == .zero
    return [
      (
        fault.kind != .clock && clock != .init(),
        "\(fault.kind.rawValue) with skew, drift, step or clocks", "these with clock"
      ),
      (fault.kind == .clock && isStill, "a clock that does not move", "skew, drift or step"),
    ]
  }

  private func triggerMisfits(_ fault: FaultSpecification) -> [Misfit] {
    let isHolder = fault.target == .holder
    let targets = "the number of a process, random or all"
    switch fault.trigger {
    case .afterCommits:
      return [
        (
          fault.kind == .diskFull, "disk_full after commits", "a size, such as after: 2MiB"
        ),
        (
          isHolder, "kill of the holder with after",
          "\(targets), since each process counts its own commits"
        ),
      ]
    case .afterBytes:
      return [
        (
          fault.kind != .diskFull, "\(fault.kind.rawValue) after a size",
          "a number of commits, such as after: 20 commits"
        )
      ]
    case .operation:
      return [
        (
          isHolder, "kill of the holder at an operation",
          "\(targets), since each process counts its own calls"
        )
      ]
    case .every(let period):
      return [
        (
          duration.map { $0 >= period } ?? false,
          "\(fault.kind == .pause ? "a pause" : fault.kind.rawValue) as long as its period",
          "for shorter than every"
        ),
        (
          fault.lasting == .forever, "a fault that lasts forever with every",
          "lasts: once, or another trigger"
        ),
      ]
    case .at, .probability:
      return []
    }
  }

  /// Returns the misfits among the keys that apply to single calls of the file system layer.
  private func callMisfits(_ fault: FaultSpecification) -> [Misfit] {
    let kind = fault.kind.rawValue
    var isAtOperation = false
    if case .operation = fault.trigger { isAtOperation = true }
    let isOfCalls = fault.kind.isOfCalls || (fault.kind == .kill && isAtOperation)
    let isZeroing = fault.kind == .tamper && fault.target == .named("zero_shm")
    let methods = Self.methods(of: fault.kind)
    let allowedMethods = methods.map(\.rawValue).joined(separator: ", ")
    let tampered: [FileKind] = [.database, .journal, .wal]
    return [
      (
        method != nil && !isOfCalls, "\(kind) with method",
        "method and file with faults of the file system, and kill with operation"
      ),
      (
        file != nil && !isOfCalls && fault.kind != .tamper, "\(kind) with file",
        "file with faults of the file system, tamper, and kill with operation"
      ),
      (
        method.map { !methods.contains($0) } ?? false,
        "\(kind) with method \(method?.rawValue ?? "")", "method \(allowedMethods), or none"
      ),
      (
        isZeroing && file != nil, "tamper: zero_shm with file",
        "no file, since shared memory has none here"
      ),
      (
        fault.kind == .tamper && file.map { !tampered.contains($0) } ?? false,
        "tamper with file \(file?.rawValue ?? "")",
        "file \(tampered.map(\.rawValue).joined(separator: ", "))"
      ),
      (
        during != nil && !isOfCalls && !(fault.kind == .tamper && during == .load),
        "\(kind) with during: \(during?.rawValue ?? "")",
        fault.kind == .tamper
          ? "during: load, or none, since files are tampered with while actors work"
          : "during beside faults of the file system, and kill with operation; others strike"
            + " working processes"
      ),
      (
        moment != nil && !(fault.kind == .kill && isAtOperation), "\(kind) with moment",
        "moment with kill with operation"
      ),
      (
        moment == .middle && method != .write, "moment middle without method write",
        "method: write, since only a write has a middle"
      ),
    ]
  }

  private func lastingMisfits(_ fault: FaultSpecification) -> [Misfit] {
    let kind = fault.kind.rawValue
    let isLasting = fault.kind.isOfCalls && fault.kind != .diskFull
    return [
      (
        lasting != nil && !isLasting, "\(kind) with lasts",
        "lasts with io_error, short_read, fsync_error, bit_flip and silent_lock"
      ),
      (lasting != nil && duration != nil, "lasts together with for", "one of the two"),
      (
        drops != nil && fault.kind != .fsyncError, "\(kind) with drop", "drop with fsync_error"
      ),
    ]
  }

  /// Returns the calls that a kind of fault can hit.
  private static func methods(of kind: FaultSpecification.Kind) -> [VFSMethod] {
    switch kind {
    case .shortRead: [.read]
    case .diskFull: [.write, .sharedMemoryMap]
    case .fsyncError: [.sync]
    case .bitFlip: [.read, .write]
    case .silentLock: [.lock, .sharedMemoryLock]
    default: VFSMethod.failing
    }
  }
}
