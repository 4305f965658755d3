/// A figure of a cell that its table and the headline can show, by the name that `show:` uses.
public enum ShownFigure: Hashable, Sendable {
  /// Acknowledged operations of one kind per second; `nil` for the main kind.
  case throughput(String?)
  /// A percentile, or the maximum, of the response time of one kind; `nil` for the main kind.
  case latency(Bound.Statistic, String?)
  /// A size of the files.
  case size(SizeFigure)
  /// Attempts that ended with SQLITE_BUSY.
  case busy
  /// Operations of the least busy actor as a share of those of the busiest.
  case fairness
  /// Number of locks taken over, and the longest time that a takeover took.
  case takeovers
  /// Shares of the service time in locking, syncing and other calls.
  case serviceTime
  /// An exact count by its name, such as `syncs`.
  case count(String)
  /// Result of a check.
  case check(CheckName)

  /// Checks about speed, size and numbers have figures, which say more than their verdict.
  private static let checks = CheckName.allCases.filter { check in
    !check.isAboutSpeed && check != .busy && check != .counts
  }

  /// Figures without an argument, by name.
  private static let plain: [(name: String, figure: ShownFigure)] =
    [
      ("throughput", .throughput(nil)), ("busy", .busy), ("fairness", .fairness),
      ("takeovers", .takeovers), ("service_time", .serviceTime),
    ]
    + Bound.Statistic.allCases.map { ($0.rawValue, .latency($0, nil)) }
    + SizeFigure.allCases.map { ($0.rawValue, .size($0)) }
    + checks.map { ($0.rawValue, .check($0)) }

  /// The names that `show:` accepts, without arguments.
  public static var names: [String] { plain.map(\.name) }

  /// Reads a figure such as `p99(load)`; `nil` for a text that names none.
  ///
  /// `read` is another name of the operation `load`, as in a mix.
  public init?(_ text: String) {
    if let known = Self.plain.first(where: { $0.name == text }) {
      self = known.figure
      return
    }
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
    let word = String(text[..<open])
    var kind = String(text[text.index(after: open)...].dropLast())
    let isPlain = kind.utf8.allSatisfy { byte in
      (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5f
    }
    guard !kind.isEmpty, isPlain else { return nil }
    if word == "count" {
      self = .count(kind)
      return
    }
    if kind == "read" { kind = OperationKind.load.name }
    if word == "throughput" {
      self = .throughput(kind)
    } else if let statistic = Bound.Statistic(rawValue: word) {
      self = .latency(statistic, kind)
    } else {
      return nil
    }
  }

  /// Kind of operation that the figure names, if any.
  public var operation: String? {
    switch self {
    case .throughput(let kind), .latency(_, let kind): kind
    default: nil
    }
  }
}

extension ShownFigure: CustomStringConvertible {
  /// As `init(_:)` reads it.
  public var description: String {
    switch self {
    case .throughput(let kind?): "throughput(\(kind))"
    case .latency(let statistic, let kind?): "\(statistic.rawValue)(\(kind))"
    case .count(let name): "count(\(name))"
    default: Self.plain.first { $0.figure == self }?.name ?? ""
    }
  }
}

extension ShownFigure: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let figure = ShownFigure(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "unknown figure '\(text)'")
    }
    self = figure
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
