/// The checks that a scenario may ask for.
public enum CheckName: String, CaseIterable, Codable, Sendable {
  case integrity, durability, atomicity, isolation, busy, latency, throughput, counts
  case consistency, invariants, progress, errors
  case mutualExclusion = "mutual_exclusion"
  case recoveryTime = "recovery_time"
  case sharedMemory = "shared_memory"
  case errorHandling = "error_handling"
  case wal, disk

  /// Whether its expectations speak of speed or size, so that a miss is exit 3 and not 2.
  public var isAboutSpeed: Bool {
    self == .latency || self == .throughput || self == .recoveryTime || size != nil
  }

  /// The size that its bounds limit; `nil` for checks of anything else.
  public var size: SizeFigure? {
    switch self {
    case .wal: .walPeak
    case .disk: .diskPeak
    default: nil
    }
  }
}

/// What a scenario expects of one check: the first rule whose condition fits a cell holds.
public struct Expectation: Hashable, Codable, Sendable {
  /// The check.
  public var check: CheckName
  /// Its rules, in the order of the file; at least one.
  public var rules: [ExpectationRule]

  /// Creates an expectation.
  public init(check: CheckName, rules: [ExpectationRule]) {
    self.check = check
    self.rules = rules
  }
}

/// One requirement and the cells and libraries to which it applies.
public struct ExpectationRule: Hashable, Codable, Sendable {
  /// What must be found.
  public enum Requirement: Hashable, Codable, Sendable {
    /// The check must pass.
    case valid
    /// A demonstration: the violation must be found.
    case violated
    /// Reported, never a failure.
    case mayViolate
    /// A measured value must lie within bounds.
    case bound(Bound)
  }

  /// The requirement.
  public var requirement: Requirement
  /// All of these must hold for the rule to apply; empty means always.
  public var conditions: [Condition]

  /// Creates a rule.
  public init(requirement: Requirement, conditions: [Condition] = []) {
    self.requirement = requirement
    self.conditions = conditions
  }
}

/// One entry of `when:`.
public enum Condition: Hashable, Codable, Sendable {
  /// The cell's setting under this path, as text, is one of these.
  case parameter(path: String, values: [String])
  /// The SQLite version lies in this range.
  case library(VersionRange)
}

/// Bounds for a measured value.
public struct Bound: Hashable, Codable, Sendable {
  /// Which number of a latency distribution is meant.
  public enum Statistic: String, CaseIterable, Codable, Sendable {
    case p50, p90, p99, max
    case p999 = "p99.9"
  }

  /// Lowest value allowed.
  public var min: BoundExpression?
  /// Highest value allowed.
  public var max: BoundExpression?
  /// Which number is bounded; for recovery time the default is the maximum, otherwise p99.
  public var statistic: Statistic?
  /// Which kind of operation is meant; `nil` means the workload's main write.
  public var operation: String?
  /// Only results with this code count (checks `busy` and `errors`), such as
  /// `SQLITE_BUSY_SNAPSHOT`.
  public var code: String?
  /// Divide by the same value of the cell that differs in just these parameters.
  public var relativeTo: [Assignment]

  /// Creates bounds.
  public init(
    min: BoundExpression? = nil, max: BoundExpression? = nil, statistic: Statistic? = nil,
    operation: String? = nil, code: String? = nil, relativeTo: [Assignment] = []
  ) {
    self.min = min
    self.max = max
    self.statistic = statistic
    self.operation = operation
    self.code = code
    self.relativeTo = relativeTo
  }
}

/// A setting's path and its value as text, such as `storage.topology` = `pool`.
public struct Assignment: Hashable, Codable, Sendable {
  /// The path, from the section down.
  public var path: String
  /// The value as the file has it.
  public var value: String

  /// Creates an assignment.
  public init(path: String, value: String) {
    self.path = path
    self.value = value
  }
}

/// A sum such as `ttl + 400ms` or `2 * ttl`; times are nanoseconds, plain numbers have no unit.
public struct BoundExpression: Hashable, Codable, Sendable {
  /// A cell's setting that an expression may name.
  public enum Variable: String, CaseIterable, Codable, Sendable {
    case ttl
    case busyTimeout = "busy_timeout"
    case queryTimeout = "query_timeout"
    case acquireTimeout = "acquire_timeout"
  }

  /// One summand.
  public struct Term: Hashable, Codable, Sendable {
    /// Factor; negative for a subtraction. Without a variable it is the term itself.
    public var factor: Double
    /// The setting that the factor multiplies.
    public var variable: Variable?

    /// Creates a summand.
    public init(factor: Double, variable: Variable? = nil) {
      self.factor = factor
      self.variable = variable
    }
  }

  /// The summands; at least one.
  public var terms: [Term]
  /// The expression as the user wrote it.
  public var text: String

  /// Creates an expression.
  public init(terms: [Term], text: String) {
    self.terms = terms
    self.text = text
  }

  /// Whether it is a share such as `1%`, whose value lies in 0...1.
  public var isShare: Bool { text.hasSuffix("%") }

  /// The value in a cell, or `nil` when a named setting has no value there.
  public func value(_ lookUp: (Variable) -> Nanoseconds?) -> Double? {
    var sum = 0.0
    for term in terms {
      guard let variable = term.variable else {
        sum += term.factor
        continue
      }
      guard let span = lookUp(variable) else { return nil }
      sum += term.factor * Double(span.rawValue)
    }
    return sum
  }
}
