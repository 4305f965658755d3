public import AssayModel

/// What crash images say of the durability of settings.
public struct ClassEvidence: Codable, Hashable, Sendable {
  /// The settings that were explored.
  public var setting: String
  /// The class that they reach; `nil` when the images do not tell.
  public var durability: DurabilityClass?
  /// Whether the images sufficed: an unknown check keeps settings out of a class.
  public var isCertain: Bool
  /// What was found of a loss of power.
  public var power: [CheckResult]
  /// What was found of a crash of the process; empty when the loss of power decided.
  public var process: [CheckResult]
  /// Distinct images of both.
  public var images: UInt64
  /// What does not decide, in one sentence: why the own transactions could not be judged;
  /// empty when they were.
  public var aside = ""

  /// Judges what was found.
  ///
  /// D3: consistent and nothing acknowledged lost when the power goes, nor when the process dies.
  /// D2: consistent when the power goes, and nothing lost when the process dies. D1: one of these
  /// is violated. What is unknown is in no class: it is neither known to lose nor to keep.
  public init(setting: String, power: [CheckResult], process: [CheckResult], images: UInt64) {
    self.setting = setting
    self.power = power
    self.process = process
    self.images = images
    let survivesProcess = Self.status(process, [.integrity, .consistency, .durability])
    let staysConsistent = Self.status(power, [.integrity, .consistency])
    if survivesProcess == .violated || staysConsistent == .violated {
      durability = .d1
    } else if survivesProcess == .valid, staysConsistent == .valid {
      durability = Self.status(power, [.durability]) == .valid ? .d3 : .d2
    } else {
      durability = nil
    }
    let deciding = power + process
    isCertain = durability == .d3 || deciding.contains { $0.status == .violated }
  }

  /// Violated when one is, valid when all are; a check without a result is unknown.
  private static func status(
    _ results: [CheckResult], _ checks: [CheckName]
  ) -> CheckResult.Status {
    let own = results.filter { checks.contains($0.check) }
    if own.contains(where: { $0.status == .violated }) { return .violated }
    let isComplete = checks.allSatisfy { check in own.contains { $0.check == check } }
    return isComplete && own.allSatisfy { $0.status == .valid } ? .valid : .unknown
  }

  /// The class as a word.
  public var word: String { durability?.rawValue ?? "unknown" }

  /// Why it is in no better class, in one sentence; what it rests on, in the best one.
  public var sentence: String {
    let all = power.map { ("at a loss of power", $0) } + process.map { ("at a process crash", $0) }
    if let (when, result) = all.first(where: { $0.1.status == .violated }) {
      return "\(result.check.rawValue) \(when): \(result.evidence)"
    }
    if let (when, result) = all.first(where: { $0.1.status == .unknown }) {
      return "\(result.check.rawValue) \(when) is unknown: \(result.reason ?? result.evidence)"
    }
    return "nothing lost and nothing damaged in \(images) distinct images"
  }
}
