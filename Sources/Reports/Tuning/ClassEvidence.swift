public import AssayModel

/// What crash images say of the durability of settings.
public struct ClassEvidence: Codable, Hashable, Sendable {
  /// The settings that were explored.
  public var setting: String
  /// The class that they reach.
  public var durability: DurabilityClass
  /// Whether the images sufficed: an unknown check keeps settings out of a class.
  public var isCertain: Bool
  /// What was found of a loss of power.
  public var power: [CheckResult]
  /// What was found of a crash of the process; empty when the loss of power decided.
  public var process: [CheckResult]
  /// Distinct images of both.
  public var images: UInt64

  /// Judges what was found.
  ///
  /// D3: consistent and nothing acknowledged lost when the power goes, nor when the process dies.
  /// D2: consistent when the power goes, and nothing lost when the process dies. D1: the rest.
  public init(setting: String, power: [CheckResult], process: [CheckResult], images: UInt64) {
    self.setting = setting
    self.power = power
    self.process = process
    self.images = images
    func isValid(_ results: [CheckResult], _ checks: [CheckName]) -> Bool {
      checks.allSatisfy { check in
        let own = results.filter { $0.check == check }
        return !own.isEmpty && own.allSatisfy { $0.status == .valid }
      }
    }
    let survivesProcess = isValid(process, [.integrity, .consistency, .durability])
    let staysConsistent = isValid(power, [.integrity, .consistency])
    if survivesProcess, staysConsistent {
      durability = isValid(power, [.durability]) ? .d3 : .d2
    } else {
      durability = .d1
    }
    let deciding = power + process
    isCertain = durability == .d3 || deciding.contains { $0.status == .violated }
  }

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
