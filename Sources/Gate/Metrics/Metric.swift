/// Quantity that two sides are compared by, or that a tuning optimizes.
public enum Metric: Hashable, Sendable {
  /// Acknowledged operations per second.
  case throughput
  /// Percentile of the latency of one kind of operation, or of all (`nil`).
  case percentile(Percentile, of: String?)
  /// Exact counts of a scripted single schedule: one by name, or all (`nil`).
  case counts(String?)
  /// Figure that is not exact, by its name in `BlockMeasurement.resources`.
  case resource(String)

  /// Short words for resources; sizes are peaks: `wal` of the log, `disk` of all files together.
  static let resources: [(word: String, name: String)] = [
    ("memory", "peak_resident_bytes"), ("disk", "disk_peak_bytes"), ("wal", "wal_peak_bytes"),
    ("written", "bytes_written"),
  ]

  /// Accepted text forms, for error messages.
  static let forms = """
    throughput, p50, p90, p99, p99.9, each also of one kind as in p99(store), counts, one count \
    as in counts(syncs), memory, disk, wal, written
    """

  /// Parses a metric from its text form, such as `p99(store)`.
  ///
  /// - Throws: `GateError` with code `metric`, which lists the accepted forms.
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

  /// True if a higher value is better: throughput only; lower is better for all other metrics.
  public var isBetterHigher: Bool { self == .throughput }

  /// True for a file size, which changes all the time and must be sampled closely.
  public var isFileSize: Bool {
    self == .resource("disk_peak_bytes") || self == .resource("wal_peak_bytes")
  }

  /// True for a time, which needs many pairs; counts need no repetition.
  public var isTimed: Bool {
    switch self {
    case .throughput, .percentile: true
    case .counts, .resource: false
    }
  }
}

extension Metric: CustomStringConvertible {
  /// The text form that `init(_:)` parses.
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
  /// Decodes the text form.
  public init(from decoder: any Decoder) throws {
    self = try Metric(try decoder.singleValueContainer().decode(String.self))
  }

  /// Encodes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
