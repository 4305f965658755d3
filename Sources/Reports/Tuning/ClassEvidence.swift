public import AssayModel

/// Evidence from crash images for the durability class of settings.
public struct ClassEvidence: Codable, Hashable, Sendable {
  /// The settings that were explored.
  public var setting: String
  /// Durability class that they reach; `nil` if the images do not decide it.
  public var durability: DurabilityClass?
  /// True if the images sufficed: an unknown check keeps settings out of a class.
  public var isCertain: Bool
  /// Check results for a power loss.
  public var power: [CheckResult]
  /// Check results for a crash of the process; empty if the power loss decided.
  public var process: [CheckResult]
  /// Number of distinct images of both.
  public var images: UInt64
  /// Reason why the workload's own transactions could not be judged, in one sentence; does not
  /// affect the class. Empty if they were judged.
  public var aside = ""

  /// Judges the check results.
  ///
  /// D3: consistent and nothing acknowledged lost, both after a power loss and after a process
  /// crash. D2: consistent after a power loss, and nothing lost after a process crash. D1: one of
  /// these is violated. Settings with an unknown result are in no class: they are known neither to
  /// lose nor to keep data.
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

  /// Returns violated if any check is, valid if all are; a check without a result is unknown.
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

  /// Reason why the settings are in no better class, in one sentence; for the best class its
  /// evidence.
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
