import AssayModel

/// The `disk:` section while it is filled: a latency may be given directly in it or under
/// `latency:`.
struct DiskDraft: SectionDefaults {
  /// All settings except the latencies.
  var settings = DiskSettings()
  /// Latencies given directly in the section, next to its other keys.
  var direct: [VFSMethod: Nanoseconds] = [:]
  /// Latencies given under `latency:`.
  var nested: [VFSMethod: Nanoseconds] = [:]

  static var defaults: DiskDraft { DiskDraft() }

  /// The section with its latencies in the order of the methods, so that the order of the file
  /// does not name another plan.
  var disk: DiskSettings {
    var disk = settings
    disk.latencies = VFSMethod.failing.compactMap { method in
      guard let span = direct[method] ?? nested[method], span > .zero else { return nil }
      return DiskSettings.Latency(method: method, span: span)
    }
    return disk
  }
}

extension DiskDraft {
  /// The keys of `disk:`.
  static let keys: [SettingKey<DiskDraft>] =
    VFSMethod.failing.map { method in
      method == .sync ? syncKey : latencyKey(method, \.direct, else: \.nested)
    } + [
      .group(
        "latency", VFSMethod.failing.map { latencyKey($0, \.nested, else: \.direct) },
        "Time added to each call, by method; the same as the method's own key."),
      .list(
        "sync_files", \.settings.syncFiles, syncFileType, example: "[journal, wal]",
        "The kinds of files that sync speaks of, where it is ignored or a barrier; without it,"
          + " all."),
      .value(
        "sector_size", \.settings.sectorSize, sectorType,
        "Size in bytes of the pieces into which a write falls; 4096 only without"
          + " powersafe_overwrite."),
      .value(
        "powersafe_overwrite", \.settings.powersafeOverwrite, .flag,
        "Whether bytes of a sector that a write does not cover are safe."),
      .list(
        "claims", \.settings.claims, .choice(), example: "[atomic4k, safe_append]",
        "What the device promises to SQLite beyond that, and keeps."),
      .value(
        "truncation", \.settings.truncation, .choice(),
        "A truncate may be lost while later writes stay, and gaps hold garbage (strict); or a file"
          + " keeps the order of its changes, and gaps hold zeros (journaled)."),
      .value(
        "directory", \.settings.directory, .choice(),
        "Which new, deleted and renamed names a power loss leaves that no directory sync made"
          + " durable: the first ones (ordered), any of them, or never any, synced or not."),
      .value(
        "garbage", \.settings.garbage, .flag,
        "Whether a piece that did not reach the disk may also leave random bytes."),
    ]

  /// Long enough for any device, short enough that a cell ends.
  private static let latencyType = ScalarType<Nanoseconds>.duration(
    from: .zero, to: .seconds(60))

  /// A value of `sync`: the behaviour of a sync, or its latency.
  private enum SyncValue: Sendable {
    case word(DiskSettings.Sync)
    case latency(Nanoseconds)
  }

  private static let syncType: ScalarType<SyncValue> = {
    let words = ScalarType<DiskSettings.Sync>.choice()
    return ScalarType(
      allowed: "\(words.allowed), or \(latencyType.allowed)", words: words.words,
      schema: .object([("anyOf", .array([words.schema, latencyType.schema]))]),
      parse: { text in
        if case .value(let word) = words.parse(text) { return .value(.word(word)) }
        switch latencyType.parse(text) {
        case .value(let span): return .value(.latency(span))
        case .outOfRange: return .outOfRange
        default: return text.first?.isLetter == true ? .unknownValue : .wrongType
        }
      },
      text: { value in
        switch value {
        case .word(let word): word.rawValue
        case .latency(let span): latencyType.text(span)
        }
      },
      further: latencyType.samples)
  }()

  private static let syncKey: SettingKey<DiskDraft> = {
    let type = syncType
    return SettingKey(
      name: VFSMethod.sync.rawValue,
      documentation: "What a sync does: what it promises (honest), nothing at all (ignored), or"
        + " order only (barrier). Or the time added to each: then it is honest.",
      schema: type.schema, defaultText: DiskSettings.Sync.honest.rawValue,
      scalar: SettingKey<DiskDraft>.Scalar(
        allowed: type.allowed,
        check: { node, context in type.read(node, &context).map(type.text) },
        canonical: { type.canonical($0) },
        current: { draft in
          type.text(draft.direct[.sync].map { .latency($0) } ?? .word(draft.settings.sync))
        }),
      samples: type.samples,
      assign: { draft, node, context in
        switch type.read(node, &context) {
        case .word(let word): draft.settings.sync = word
        case .latency(let span): draft.direct[.sync] = span
        case nil: break
        }
      })
  }()

  private static func latencyKey(
    _ method: VFSMethod, _ field: SettingField<DiskDraft, [VFSMethod: Nanoseconds]>,
    else other: SettingField<DiskDraft, [VFSMethod: Nanoseconds]>
  ) -> SettingKey<DiskDraft> {
    let type = latencyType
    return SettingKey(
      name: method.rawValue, documentation: "Time added to each \(method.rawValue).",
      schema: type.schema,
      scalar: SettingKey<DiskDraft>.Scalar(
        allowed: type.allowed,
        check: { node, context in type.read(node, &context).map(type.text) },
        canonical: { type.canonical($0) },
        current: { draft in
          let span = draft[keyPath: field][method] ?? draft[keyPath: other][method]
          return type.text(span ?? .zero)
        }),
      samples: type.samples,
      assign: { draft, node, context in
        if let span = type.read(node, &context) { draft[keyPath: field][method] = span }
      })
  }

  /// Temporary files are left out: they do not survive a crash.
  private static let syncFileType = ScalarType<FileKind>.choice(
    among: FileKind.allCases.filter { $0 != .temporary })

  private static let sectorType: ScalarType<Int> = {
    let sizes = [512, 4_096]
    return ScalarType(
      allowed: sizes.map(String.init).joined(separator: ", "),
      schema: .object([("enum", .array(sizes.map { .integer($0) }))]),
      parse: { text in
        guard case .value(let bytes) = UnitText.size(text) else { return .wrongType }
        return sizes.contains(Int(bytes)) ? .value(Int(bytes)) : .outOfRange
      },
      text: { String($0) },
      further: sizes.map { String($0) })
  }()
}

extension ScalarType where Value: Equatable {
  /// Reads the elements of a list; each value may occur once.
  func readDistinct(_ elements: [YAMLNode], _ context: inout DecodingContext) -> [Value] {
    var values: [Value] = []
    for element in elements {
      guard let value = read(element, &context) else { continue }
      if values.contains(value) {
        context.report(
          .contradiction, element.place, found: "\(element.summary) for the second time",
          allowed: "each value once")
      } else {
        values.append(value)
      }
    }
    return values
  }
}

extension SettingKey {
  /// A key for a list of words, each at most once; kept in the order of the words' definition.
  static func list<Value: CaseIterable & Equatable & Sendable>(
    _ name: String, _ field: SettingField<Section, [Value]>, _ type: ScalarType<Value>,
    example: String, _ documentation: String
  ) -> SettingKey {
    SettingKey(
      name: name, documentation: documentation,
      schema: .object([
        ("type", .string("array")), ("uniqueItems", .boolean(true)), ("items", type.schema),
      ]),
      samples: type.samples.map { "[\($0)]" } + ["[\(type.samples.joined(separator: ", "))]"],
      assign: { section, node, context in
        guard let elements = node.elements else {
          context.report(
            .wrongType, node.place, found: node.summary, allowed: "a list such as \(example)")
          return
        }
        let values = type.readDistinct(elements, &context)
        section[keyPath: field] = Value.allCases.filter { values.contains($0) }
      })
  }
}
