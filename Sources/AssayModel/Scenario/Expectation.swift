/// Checks that a scenario may ask for.
public enum CheckName: String, CaseIterable, Codable, Sendable {
  case integrity, durability, atomicity, isolation, busy, latency, throughput, counts
  case consistency, invariants, progress, errors
  case mutualExclusion = "mutual_exclusion"
  case recoveryTime = "recovery_time"
  case sharedMemory = "shared_memory"
  case errorHandling = "error_handling"
  case wal, disk

  /// True if its expectations concern speed or size, so that a miss exits with 3 and not 2.
  public var isAboutSpeed: Bool {
    self == .latency || self == .throughput || self == .recoveryTime || size != nil
  }

  /// Size figure that its bounds limit; `nil` for checks of anything else.
  public var size: SizeFigure? {
    switch self {
    case .wal: .walPeak
    case .disk: .diskPeak
    default: nil
    }
  }
}

/// Expectation about one check: the first rule whose conditions fit a cell applies.
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
  /// Required results of a check.
  public enum Requirement: Hashable, Codable, Sendable {
    /// The check must pass.
    case valid
    /// A demonstration: the violation must be found.
    case violated
    /// A violation is reported but is never a failure.
    case mayViolate
    /// A measured value must lie within bounds.
    case bound(Bound)
  }

  /// The requirement.
  public var requirement: Requirement
  /// Conditions that must all hold for the rule to apply; empty means always.
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
  /// Statistics of a latency distribution.
  public enum Statistic: String, CaseIterable, Codable, Sendable {
    case p50, p90, p99, max
    case p999 = "p99.9"
  }

  /// Lowest value allowed.
  public var min: BoundExpression?
  /// Highest value allowed.
  public var max: BoundExpression?
  /// Bounded statistic; `nil` means the maximum for recovery time, and p99 otherwise.
  public var statistic: Statistic?
  /// Kind of operation that is bounded; `nil` means the workload's main write.
  public var operation: String?
  /// Result code to count, such as `SQLITE_BUSY_SNAPSHOT`; other results are ignored (checks `busy`
  /// and `errors`).
  public var code: String?
  /// Parameters in which the reference cell differs, with its values; the measured value is divided
  /// by that cell's.
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
  /// Path of the setting, from the section down.
  public var path: String
  /// Value as written in the file.
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
    /// Factor; negative for a subtraction. Without a variable it is the term's value.
    public var factor: Double
    /// Setting that the factor multiplies.
    public var variable: Variable?

    /// Creates a summand.
    public init(factor: Double, variable: Variable? = nil) {
      self.factor = factor
      self.variable = variable
    }
  }

  /// The summands; at least one.
  public var terms: [Term]
  /// Expression as the user wrote it.
  public var text: String

  /// Creates an expression.
  public init(terms: [Term], text: String) {
    self.terms = terms
    self.text = text
  }

  /// True for a share such as `1%`, whose value lies in 0...1.
  public var isShare: Bool { text.hasSuffix("%") }

  /// Returns the value in a cell, or `nil` if a named setting has no value there.
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
