import AssayModel

/// One entry of `faults:` before its parts are known to fit together.
struct FaultDraft: SectionDefaults {
  var kinds: [(kind: FaultSpecification.Kind, target: FaultSpecification.Target)] = []
  var triggers: [(key: String, trigger: FaultSpecification.Trigger)] = []
  var duration: Nanoseconds?
  var restartAfter: Nanoseconds?
  var restartOwner: FaultSpecification.RestartOwner?
  var clock = FaultSpecification.ClockChange()
  var method: VFSMethod?
  var file: FileKind?
  var moment: FaultSpecification.Moment?
  var lasting: FaultSpecification.Lasting?
  var drops: Bool?
  var during: FaultSpecification.Phase?

  static var defaults: FaultDraft { FaultDraft() }
}

extension FaultDraft {
  /// The keys of one fault.
  static let keys: [SettingKey<FaultDraft>] =
    FaultSpecification.Kind.allCases.map(kindKey) + triggerKeys + [
      time(
        "for", .positiveDuration, "How long it lasts, such as a pause.",
        assign: { $0.duration = $1 }),
      time(
        "restart_after", .nonNegativeDuration,
        "A killed process returns after this delay; without it, never.",
        assign: { $0.restartAfter = $1 }),
      .optional(
        "owner", \.restartOwner, restartOwnerType,
        "Under which owner a killed process returns; the default is what locks.owner says."),
      .value(
        "skew", \.clock.skew, .signedDuration, "Offset of the clock from the trigger on."),
      .value(
        "drift", \.clock.drift,
        .number(
          -1...1, above: -1, allowed: "a rate error above -1 and at most 1, such as 0.01"),
        "Rate error of the clock from the trigger on: 0.01 gains 10 ms a second."),
      .value("step", \.clock.step, .signedDuration, "One jump of the clock at the trigger."),
      .value(
        "clocks", \.clock.clocks, .choice(),
        "Which clocks move: the wall clock alone, or the boot clock too (all)."),
    ] + fileSystemKeys

  private static let fileSystemKeys: [SettingKey<FaultDraft>] = [
    .optional(
      "method", \.method, .choice(among: VFSMethod.failing),
      "The call of the file system layer that is hit; without it, each that the fault fits."),
    .optional(
      "file", \.file, .choice(), "The kind of file that is hit; without it, any."),
    .optional(
      "moment", \.moment, .choice(),
      "When a process is killed at an operation: before it, when half of a write is done (middle),"
        + " or after it. The default is before."),
    .optional(
      "lasts", \.lasting, .choice(),
      "Whether one call fails (once, the default) or each from then on (forever)."),
    .optional(
      "drop", \.drops, .flag,
      "Whether a failed sync also loses what was not yet on the disk, as ext4, XFS and Btrfs do."),
    .optional(
      "during", \.during, .choice(),
      "In which part of a process's life a fault of the file system, or a kill at an operation,"
        + " strikes: while it opens and recovers the database (open), while its actors work (load),"
        + " while it closes its connections (close), or always (all, the default). Other faults"
        + " strike working processes."),
  ]

  /// The words of the restart owner; `asConfigured` is the absence of the key.
  private static let restartOwnerType = ScalarType<FaultSpecification.RestartOwner>(
    allowed: "same, new", words: ["same", "new"],
    schema: .object([("enum", .array([.string("same"), .string("new")]))]),
    parse: { text in
      switch text.lowercased() {
      case "same": .value(.same)
      case "new": .value(.new)
      default: .unknownValue
      }
    },
    text: \.rawValue)

  private static let triggerKeys: [SettingKey<FaultDraft>] = [
    time(
      "at", .nonNegativeDuration, "Once, this long after the start of measuring.",
      assign: { $0.triggers.append(("at", .at($1))) }),
    time(
      "every", .positiveDuration, "Again and again, the first time after one period.",
      assign: { $0.triggers.append(("every", .every($1))) }),
    trigger(
      "after", afterType,
      "When the target has acknowledged this many commits; for disk_full, when this much has been"
        + " written: from then on nothing may grow, for good or as long as for says.",
      make: { $0 }),
    trigger(
      "operation", .whole(1...1_000_000_000_000), "At the Nth call of the file system layer.",
      make: { .operation($0) }),
    trigger(
      "probability", .probability, "At each call of the file system layer, this likely.",
      make: { .probability($0) }),
  ]

  private static func trigger<Value>(
    _ name: String, _ type: ScalarType<Value>, _ documentation: String,
    make: @escaping @Sendable (Value) -> FaultSpecification.Trigger
  ) -> SettingKey<FaultDraft> {
    SettingKey(
      name: name, documentation: documentation, schema: type.schema, samples: type.samples,
      assign: { draft, node, context in
        if let value = type.read(node, &context) { draft.triggers.append((name, make(value))) }
      })
  }

  /// A time that may name a setting of the cell, so that a pause can be `2 * ttl`.
  private static func time(
    _ name: String, _ type: ScalarType<Nanoseconds>, _ documentation: String,
    assign: @escaping @Sendable (inout FaultDraft, Nanoseconds) -> Void
  ) -> SettingKey<FaultDraft> {
    SettingKey(
      name: name, documentation: documentation,
      schema: .object([("type", .array([.string("string"), .string("integer")]))]),
      samples: type.samples + ["2 * ttl"],
      assign: { draft, node, context in
        if let text = node.text, let variable = namedTime(text, context.settings) {
          // Rounded up: a pause must not become shorter than the lease that it outlasts.
          let value = YAMLNode(
            content: .scalar("\(Int64(variable.rounded(.up)))ns", isPlain: true),
            place: node.place)
          if let span = type.read(value, &context) { assign(&draft, span) }
        } else if let span = type.read(node, &context) {
          assign(&draft, TimeScale.scaled(span, by: context.timeScale))
        }
      })
  }

  /// Returns the value of an expression that names a setting; `nil` for anything else.
  private static func namedTime(_ text: String, _ settings: CellSettings) -> Double? {
    guard let expression = BoundExpression(parsing: text),
      expression.terms.contains(where: { $0.variable != nil }),
      let value = expression.value(settings.value), value.magnitude < 1e18
    else { return nil }
    return value
  }

  private static let afterType: ScalarType<FaultSpecification.Trigger> = {
    let sizes = ScalarType<ByteCount>.size(0...(1 << 50))
    return ScalarType(
      allowed: "a number of commits from 1 to 1000000000, such as 20 commits; for disk_full"
        + " a size up to 1048576GiB, such as 2MiB",
      schema: .object([
        ("type", .string("string")),
        ("pattern", .string("^[0-9_]+ commits?$|^[0-9]+(\\.[0-9]+)? ?(B|KiB|MiB|GiB)$")),
      ]),
      parse: { text in
        let words = text.split(separator: " ")
        if words.count == 2, words[1] == "commits" || words[1] == "commit" {
          guard case .value(let count) = UnitText.whole(String(words[0])) else {
            return .wrongType
          }
          let isInRange = (1...1_000_000_000).contains(count)
          return isInRange ? .value(.afterCommits(Int(count))) : .outOfRange
        }
        // Without a unit it may be either.
        guard text.last?.isLetter == true else { return .wrongType }
        switch sizes.parse(text) {
        case .value(let size): return .value(.afterBytes(size))
        case .outOfRange: return .outOfRange
        default: return .wrongType
        }
      },
      text: { trigger in
        switch trigger {
        case .afterCommits(let count): "\(count) commits"
        case .afterBytes(let size): UnitText.text(size.bytes, units: UnitText.sizes)
        default: ""
        }
      },
      further: ["1 commit", "3 commits", "0B", "16KiB"])
  }()
}
