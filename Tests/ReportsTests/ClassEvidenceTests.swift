import AssayModel
import Reports
import Testing

@Suite("Durability classes from what crash images show")
struct ClassEvidenceTests {
  private static let good: [CheckResult] = [
    .valid(.integrity, evidence: "i"), .valid(.consistency, evidence: "c"),
    .valid(.durability, evidence: "d"),
  ]

  private static func with(_ result: CheckResult) -> [CheckResult] {
    good.filter { $0.check != result.check } + [result]
  }

  private func durability(power: [CheckResult], process: [CheckResult]) -> DurabilityClass? {
    ClassEvidence(setting: "s", power: power, process: process, images: 9).durability
  }

  @Test("D3 loses nothing; D2 may lose at a loss of power; D1 is the rest")
  func classes() {
    let lost = CheckResult.violated(.durability, evidence: "3 of 9", witness: [])
    let torn = CheckResult.violated(.consistency, evidence: "2 of 9", witness: [])
    #expect(durability(power: Self.good, process: Self.good) == .d3)
    #expect(durability(power: Self.with(lost), process: Self.good) == .d2)
    #expect(durability(power: Self.with(torn), process: Self.good) == .d1)
    #expect(durability(power: Self.with(lost), process: Self.with(lost)) == .d1)
    #expect(durability(power: Self.good, process: Self.with(torn)) == .d1)
  }

  @Test("What is unknown, or was never looked at, is in no class: it is not D1")
  func unknown() {
    let doubt = CheckResult.unknown(.consistency, reason: "only 5 images")
    let open = CheckResult.unknown(.durability, reason: "only 5 images")
    #expect(durability(power: Self.with(doubt), process: Self.good) == nil)
    #expect(durability(power: Self.with(open), process: Self.good) == .d2)
    #expect(durability(power: Self.good, process: []) == nil)
    #expect(durability(power: [], process: Self.good) == nil)
    let torn = CheckResult.violated(.consistency, evidence: "2 of 9", witness: [])
    #expect(durability(power: Self.with(doubt) + [torn], process: []) == .d1)
    let evidence = ClassEvidence(
      setting: "s", power: Self.with(doubt), process: Self.good, images: 5)
    #expect(!evidence.isCertain && evidence.word == "unknown")
    #expect(evidence.sentence.contains("only 5 images"))
  }

  @Test("One workload that is torn decides, however many are not")
  func severalWorkloads() {
    let torn = CheckResult.violated(.integrity, evidence: "2 of 9 distinct images", witness: [])
    let evidence = ClassEvidence(
      setting: "s", power: Self.good + Self.with(torn), process: Self.good, images: 9)
    #expect(evidence.durability == .d1 && evidence.isCertain)
    #expect(evidence.sentence == "integrity at a loss of power: 2 of 9 distinct images")
  }
}
