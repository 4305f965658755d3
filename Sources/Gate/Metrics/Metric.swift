/// What two sides are compared by, or what a tuning wants.
public enum Metric: Hashable, Sendable {
  /// Acknowledged operations per second.
  case throughput
  /// A percentile of what operations take, of one kind or of all.
  case percentile(Percentile, of: String?)
  /// Exact counts of a scripted single schedule: one by name, or all.
  case counts(String?)
  /// A figure that is not exact, by its name in `BlockMeasurement.resources`.
  case resource(String)

  /// Short words for resources; sizes are peaks, of the log and of all files together.
  static let resources: [(word: String, name: String)] = [
    ("memory", "peak_resident_bytes"), ("disk", "disk_peak_bytes"), ("wal", "wal_peak_bytes"),
    ("written", "bytes_written"),
  ]

  /// What a reader may write, for messages.
  static let forms = """
    throughput, p50, p90, p99, p99.9, each also of one kind as in p99(store), counts, one count \
    as in counts(syncs), memory, disk, wal, written
    """

  /// Reads a metric as people write it, such as `p99(store)`.
  ///
  /// - Throws: `GateError` with code `metric` that names what is allowed.
  public init(_ text: String) throws(GateError) {
    let unknown = GateError(.metric, of: "metric", found: "'\(text)'", allowed: Self.forms)
    var word = Substring(text)
    var argument: String?
    if let open = text.firstIndex(of: "(") {
      guard text.hasSuffix(")") else { throw unknown }
      let inner = text[text.index(after: open)...].dropLast()
      guard !inner.isEmpty, !inner.contains(where: { "() ".contains($0) }) else { throw unknown }
      (word, argument) = (text[..<open], String(inner))
    }
    if let percentile = Percentile(rawValue: String(word)) {
      self = .percentile(percentile, of: argument)
    } else if word == "counts" {
      self = .counts(argument)
    } else if word == "throughput", argument == nil {
      self = .throughput
    } else if let known = Self.resources.first(where: { $0.word == word }), argument == nil {
      self = .resource(known.name)
    } else {
      throw unknown
    }
  }

  /// Whether more is better; of everything but throughput less is.
  public var isBetterHigher: Bool { self == .throughput }

  /// Whether it is a size of files, which changes all the time and must be looked at closely.
  public var isFileSize: Bool {
    self == .resource("disk_peak_bytes") || self == .resource("wal_peak_bytes")
  }

  /// Whether it is a time, which needs many pairs; counts need no repetition.
  public var isTimed: Bool {
    switch self {
    case .throughput, .percentile: true
    case .counts, .resource: false
    }
  }
}

extension Metric: CustomStringConvertible {
  /// As `init(_:)` reads it.
  public var description: String {
    switch self {
    case .throughput: "throughput"
    case .percentile(let percentile, of: nil): percentile.rawValue
    case .percentile(let percentile, of: let kind?): "\(percentile.rawValue)(\(kind))"
    case .counts(nil): "counts"
    case .counts(let name?): "counts(\(name))"
    case .resource(let name): Self.resources.first { $0.name == name }?.word ?? name
    }
  }
}

extension Metric: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try Metric(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
