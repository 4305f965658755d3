import AssayModel

extension FaultDraft {
  /// The key that names a kind of fault; its value is the target.
  static func kindKey(_ kind: FaultSpecification.Kind) -> SettingKey<FaultDraft> {
    let type = targetType(kind)
    return SettingKey(
      name: kind.rawValue, documentation: documentation(of: kind), schema: type.schema,
      assign: { draft, node, context in
        if let target = type.read(node, &context) { draft.kinds.append((kind, target)) }
      })
  }

  private static func documentation(of kind: FaultSpecification.Kind) -> String {
    switch kind {
    case .kill: "Kills a process with SIGKILL."
    case .pause: "Stops a process for a time with SIGSTOP."
    case .clock: "Moves the clocks of a process."
    case .tamper: "Copies, deletes, swaps, renames or zeroes files under a running database."
    case .staleLock: "Leaves a lock row whose owner does not exist."
    case .ioError: "Makes a call of the file system layer fail."
    case .shortRead: "Makes a read return too few bytes."
    case .diskFull: "Makes writes fail for want of space."
    case .fsyncError: "Makes a sync fail."
    case .bitFlip: "Flips a bit."
    case .silentLock: "Grants a lock that it did not take."
    }
  }

  private static func targetType(
    _ kind: FaultSpecification.Kind
  ) -> ScalarType<FaultSpecification.Target> {
    switch kind {
    case .kill, .pause: .target(words: ["holder", "random", "all"], number: "of a process")
    case .clock: .target(words: ["random", "all"], number: "of a process")
    case .staleLock: .target(words: ["random", "all"], number: "of a lock", isNameAllowed: true)
    case .tamper: .target(words: ["copy", "delete", "swap", "rename", "zero_shm"], number: nil)
    default: .target(words: ["random", "all"], number: "of a process", isNameAllowed: true)
    }
  }
}

extension ScalarType where Value == FaultSpecification.Target {
  /// A target: one of a few words, a number, or a name.
  fileprivate static func target(
    words: [String], number: String?, isNameAllowed: Bool = false
  ) -> ScalarType {
    let numbered = number.map { ["the number \($0) from 0 to 65535"] } ?? []
    let named = isNameAllowed ? ["a name"] : []
    return ScalarType(
      allowed: (words + numbered + named).joined(separator: ", "), words: words,
      schema: .object([
        (
          "anyOf",
          .array(
            [
              .object(
                isNameAllowed
                  ? [("type", .string("string"))]
                  : [("enum", .array(words.map { .string($0) }))])
            ]
              + (number == nil
                ? []
                : [
                  .object([
                    ("type", .string("integer")), ("minimum", .integer(0)),
                    ("maximum", .integer(65_535)),
                  ])
                ]))
        )
      ]),
      parse: { text in
        switch text {
        case "holder" where words.contains(text): return .value(.holder)
        case "random" where words.contains(text): return .value(.random)
        case "all" where words.contains(text): return .value(.all)
        default: break
        }
        if number != nil, case .value(let value) = UnitText.whole(text) {
          return (0...65_535).contains(value) ? .value(.process(Int(value))) : .outOfRange
        }
        let isName = isNameAllowed && text.utf8.count <= 200
        return isName || words.contains(text) ? .value(.named(text)) : .unknownValue
      },
      text: { target in
        switch target {
        case .holder: "holder"
        case .random: "random"
        case .all: "all"
        case .process(let number): String(number)
        case .named(let name): name
        }
      })
  }
}

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
    var fault = FaultSpecification(kind: kind, target: target, trigger: trigger)
    fault.duration = duration
    fault.restartAfter = restartAfter
    fault.restartOwner = restartOwner ?? .asConfigured
    fault.clock = kind == .clock ? clock : nil
    fault.method = method.flatMap(VFSMethod.init(rawValue:))
    fault.file = file.flatMap(FileKind.init(rawValue:))
    return fits(fault, at: place, &context) ? fault : nil
  }

  private static func triggers(of kind: FaultSpecification.Kind) -> [String] {
    switch kind {
    case .kill: ["at", "every", "after"]
    case .pause, .clock, .staleLock, .tamper: ["at", "every"]
    default: ["at", "every", "operation", "probability"]
    }
  }

  /// Whether every part belongs to the kind; the first that does not is reported.
  private func fits(
    _ fault: FaultSpecification, at place: SourcePlace, _ context: inout DecodingContext
  ) -> Bool {
    let kind = fault.kind.rawValue
    let isOfFiles = Self.triggers(of: fault.kind).contains("operation")
    var isWrong = false
    func refuse(_ condition: Bool, _ found: String, _ allowed: String) {
      guard condition, !isWrong else { return }
      isWrong = true
      context.report(.contradiction, place, found: found, allowed: allowed)
    }
    refuse(fault.kind == .pause && duration == nil, "pause without for", "for, such as for: 1s")
    refuse(
      duration != nil && [.kill, .clock, .staleLock, .tamper].contains(fault.kind),
      "\(kind) with for", "for beside pause and faults of the file system")
    refuse(
      fault.kind != .kill && (restartAfter != nil || restartOwner != nil),
      "\(kind) with \(restartAfter != nil ? "restart_after" : "owner")",
      "restart_after and owner beside kill")
    refuse(
      restartOwner != nil && restartAfter == nil, "owner without restart_after", "both or neither")
    refuse(
      fault.kind != .clock && clock != .init(), "\(kind) with skew, drift, step or clocks",
      "these beside clock")
    refuse(
      fault.kind == .clock && clock.skew == .zero && clock.drift == 0 && clock.step == .zero,
      "a clock that does not move", "skew, drift or step")
    refuse(
      !isOfFiles && (method != nil || file != nil),
      "\(kind) with \(method != nil ? "method" : "file")",
      "method and file beside faults of the file system")
    if case .afterCommits = fault.trigger {
      refuse(
        fault.target == .holder, "kill of the holder with after",
        "the number of a process, random or all, since each process counts its own commits")
    }
    if case .every(let period) = fault.trigger, let duration, fault.kind == .pause {
      refuse(duration >= period, "a pause as long as its period", "for shorter than every")
    }
    return !isWrong
  }
}
