import AssayModel

extension FaultDraft {
  /// Returns the key that names a kind of fault; its value is the target.
  static func kindKey(_ kind: FaultSpecification.Kind) -> SettingKey<FaultDraft> {
    let type = targetType(kind)
    return SettingKey(
      name: kind.rawValue, documentation: documentation(of: kind), schema: type.schema,
      samples: type.samples,
      assign: { draft, node, context in
        if let target = type.read(node, &context) { draft.kinds.append((kind, target)) }
      })
  }

  private static func documentation(of kind: FaultSpecification.Kind) -> String {
    switch kind {
    case .kill: "Kills a process with SIGKILL."
    case .pause: "Stops a process for a time with SIGSTOP."
    case .clock: "Moves the clocks of a process."
    case .tamper:
      "Copies, deletes, swaps, renames or zeroes files under a running database, or edits its"
        + " schema; vacuum_into and backup copy as one should."
    case .staleLock: "Leaves a lock row whose owner does not exist."
    case .ioError: "Makes a call of the file system layer fail."
    case .shortRead: "Makes a read return too few bytes."
    case .diskFull:
      "Fills the disk: every call fails that needs room for a file to grow, -shm included; what"
        + " overwrites does not. Room that is given back is taken by others."
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
    case .tamper:
      .target(
        words: [
          "copy", "vacuum_into", "backup", "delete", "swap", "rename", "zero_shm", "schema",
        ], number: nil)
    default: .target(words: ["random", "all"], number: "of a process")
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
      },
      further: (number == nil ? [] : ["0", "1"]) + (isNameAllowed ? ["lock-0"] : []))
  }
}
