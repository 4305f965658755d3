import AssayModel

extension CheckName {
  /// The kind of number that a bound of this check limits; `nil` for checks without bounds.
  fileprivate enum Measure {
    case time, perSecond, count, size

    /// Dimension that a bound of this measure must have.
    var dimension: BoundExpression.Dimension {
      switch self {
      case .time: .time
      case .size: .size
      case .perSecond, .count: .number
      }
    }
  }

  fileprivate var measure: Measure? {
    switch self {
    case .latency, .recoveryTime: .time
    case .throughput: .perSecond
    case .busy, .counts, .errors: .count
    case .wal, .disk: .size
    default: nil
    }
  }

  /// Description of the check, for people and editors.
  fileprivate var documentation: String {
    switch self {
    case .integrity: "integrity_check and foreign_key_check are clean."
    case .durability: "No acknowledged write is lost."
    case .atomicity: "No transaction is half applied."
    case .isolation: "No anomaly between concurrent transactions."
    case .busy: "Number and kind of SQLITE_BUSY."
    case .latency: "Response times."
    case .throughput: "Acknowledged operations a second."
    case .counts: "Exact counts of syncs, writes and bytes."
    case .consistency: "Some state after m whole transactions is there."
    case .invariants: "The user's own queries answer as they must."
    case .progress: "No deadlock and no livelock."
    case .mutualExclusion: "A lock is never held twice; stale tokens change nothing."
    case .recoveryTime: "From the last durable renewal of a lock to its next acquisition."
    case .sharedMemory: "The WAL index in shared memory stays sane."
    case .wal: "Longest length of the write-ahead log."
    case .disk: "Most that database, log, journal and shared memory take together."
    case .errors:
      "Attempts that ended with an error, by operation and code: a number, or a share such as 1%."
        + " Of a list, each entry for another operation or code must hold."
    case .errorHandling: "Errors are reported, retried, and leak nothing."
    }
  }

  fileprivate var allowedValues: String {
    let words = "valid, violated, may_violate"
    switch measure {
    case .time: return "may_violate, or a bound such as {max: 10ms}"
    case .perSecond: return "may_violate, or a bound such as {min: 1000/s}"
    case .size: return "may_violate, or a bound such as {max: 64 MiB}"
    case .count where self == .errors:
      return "\(words), or a bound such as {max: 1%, operation: store, code: SQLITE_BUSY}"
    case .count: return "\(words), or a bound such as {max: 0}"
    case nil: return words
    }
  }
}

/// The value of `expect:` while it is filled.
struct ExpectationList: SectionDefaults {
  var expectations: [Expectation] = []

  static var defaults: ExpectationList { ExpectationList() }

  /// One key per check.
  static let keys: [SettingKey<ExpectationList>] = CheckName.allCases.map { check in
    SettingKey(
      name: check.rawValue, documentation: check.documentation, schema: schema(of: check),
      assign: { list, node, context in
        let rules = (node.elements ?? [node]).compactMap { rule(check, $0, &context) }
        if node.elements?.isEmpty == true {
          context.report(
            .wrongType, node.place, found: "an empty list", allowed: check.allowedValues)
        }
        if !rules.isEmpty {
          list.expectations.append(Expectation(check: check, rules: rules))
        }
      })
  }

  private static func schema(of check: CheckName) -> JSONValue {
    let word = ScalarType<RuleDraft.Word>.choice().schema
    let rule = JSONValue.object([
      ("anyOf", .array([word, .object([("$ref", .string("#/$defs/rule"))])]))
    ])
    return .object([
      (
        "anyOf",
        .array([
          word, .object([("$ref", .string("#/$defs/rule"))]),
          .object([
            ("type", .string("array")), ("minItems", .integer(1)), ("items", rule),
          ]),
        ])
      )
    ])
  }

  private static func rule(
    _ check: CheckName, _ node: YAMLNode, _ context: inout DecodingContext
  ) -> ExpectationRule? {
    let errors = context.errors.count
    var draft = RuleDraft()
    if node.entries != nil {
      context.decode(node, with: RuleDraft.keys, into: &draft)
    } else if node.text != nil {
      let type = ScalarType<RuleDraft.Word>.choice()
      let told = ScalarType<RuleDraft.Word>(
        allowed: check.allowedValues, words: type.words, schema: type.schema, parse: type.parse,
        text: type.text)
      draft.word = told.read(node, &context)
    } else {
      context.report(.wrongType, node.place, found: node.summary, allowed: check.allowedValues)
    }
    guard context.errors.count == errors else { return nil }
    guard let requirement = requirement(check, draft, node, &context) else { return nil }
    return ExpectationRule(requirement: requirement, conditions: draft.conditions)
  }

  private static func requirement(
    _ check: CheckName, _ draft: RuleDraft, _ node: YAMLNode, _ context: inout DecodingContext
  ) -> ExpectationRule.Requirement? {
    func refuse(_ found: String, _ allowed: String) -> ExpectationRule.Requirement? {
      context.report(.contradiction, node.place, found: found, allowed: allowed)
      return nil
    }
    let isBound = draft.bound.min != nil || draft.bound.max != nil
    if let word = draft.word {
      guard draft.boundKeys.isEmpty else {
        return refuse("is together with \(draft.boundKeys[0])", "either is, or a bound")
      }
      switch word {
      case .mayViolate: return .mayViolate
      case .valid, .violated:
        let isWordAllowed = check.measure == nil || check.measure == .count
        guard isWordAllowed else { return refuse("'\(word.rawValue)'", check.allowedValues) }
        return word == .valid ? .valid : .violated
      }
    }
    guard isBound else { return refuse("a rule without is, min and max", check.allowedValues) }
    guard let measure = check.measure else {
      return refuse("a bound for a check that measures nothing", check.allowedValues)
    }
    if draft.bound.statistic != nil, measure != .time {
      return refuse("'of' for \(check.rawValue)", "'of' for latency and recovery_time")
    }
    if let (found, allowed) = misfit(of: draft.bound, for: check) { return refuse(found, allowed) }
    let isRatio = !draft.bound.relativeTo.isEmpty
    let wanted: BoundExpression.Dimension = isRatio ? .number : measure.dimension
    for bound in [draft.bound.min, draft.bound.max].compactMap({ $0 }) {
      guard let found = bound.dimension, found != wanted else { continue }
      return refuse("the \(found.rawValue) '\(bound.text.shortened)'", wanted.example)
    }
    return .bound(draft.bound)
  }

  /// Returns the part of a bound that does not fit its check, and the text of a valid one.
  private static func misfit(of bound: Bound, for check: CheckName) -> (String, String)? {
    if let operation = bound.operation {
      guard [.latency, .throughput, .busy, .errors].contains(check) else {
        return (
          "'operation' for \(check.rawValue)",
          "'operation' for latency, throughput, busy and errors"
        )
      }
      let names = OperationKind.allCases.map(\.name)
      // Only the errors check distinguishes the scenario's own transactions.
      if check != .errors, !names.contains(operation) {
        return ("operation '\(operation.shortened)'", names.joined(separator: ", "))
      }
    }
    if let code = bound.code {
      guard [.busy, .errors].contains(check) else {
        return ("'code' for \(check.rawValue)", "'code' for busy and errors")
      }
      if check == .busy, !ErrorCodeNames.busy.contains(code) {
        return ("code '\(code)' for busy", ErrorCodeNames.busy.joined(separator: ", "))
      }
    }
    let shares = [bound.min, bound.max].compactMap { $0?.isShare }
    if shares.contains(true), check != .errors || !bound.relativeTo.isEmpty {
      return ("a share in per cent", "a share for errors, without relative_to")
    }
    return shares.count == 2 && shares[0] != shares[1]
      ? ("a share and a number", "two shares or two numbers") : nil
  }
}
