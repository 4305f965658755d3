import AssayModel
import Foundation
import Testing

@Suite("What an exploration depends on")
struct RecoveryDeterminismTests {
  /// Several programs with several findings each.
  private static let scenario = RecoveryScenario(
    synchronous: "normal", disk: "sync: ignored, sync_files: [journal]", operations: 2,
    schedules: 3, images: "{ exhaust: 2, samples: 2, recovery: 1 }",
    expectations: "integrity: may_violate, consistency: may_violate, durability: may_violate")

  /// What must be the same: everything but times.
  private static func figures(_ run: RecoveryScenario.Explored) -> [String: UInt64] {
    run.cell.explored.filter { !$0.key.hasSuffix("nanoseconds") }
  }

  @Test("The same seed gives the same bytes run after run at any number of workers")
  func jobs() async throws {
    let first = try await Self.scenario.run(["--jobs", "1"], in: try Sandbox())
    let bytes = try first.bytes()
    #expect(bytes.count > 2, "\(first.ending.errors)")
    #expect(first.count("programs") == 3)
    for jobs in ["2", "3"] {
      let again = try await Self.scenario.run(["--jobs", jobs], in: try Sandbox())
      #expect(try again.bytes() == bytes, "--jobs \(jobs)")
      #expect(again.cell.verdicts == first.cell.verdicts, "--jobs \(jobs)")
      #expect(Self.figures(again) == Self.figures(first), "--jobs \(jobs)")
    }
    let other = try await Self.scenario.run(["--seed", "2", "--schedules", "1"], in: try Sandbox())
    #expect(try other.bytes().first != bytes.first, "another seed is another program")
  }

  @Test("Fewer programs find the first of the same findings, whatever ended the run")
  func prefix() async throws {
    let all = try await Self.scenario.run(in: try Sandbox())
    let one = try await Self.scenario.run(["--schedules", "1"], in: try Sandbox())
    // A finding holds its cell with a digest, and that the number of programs.
    func withoutNumber(_ bytes: [Data]) -> [String] {
      bytes.map {
        String(decoding: $0, as: UTF8.self).replacing(/"schedules" : \d+/, with: "")
          .replacing(/"digest" : "[0-9a-f]+"/, with: "")
      }
    }
    let (first, more) = (withoutNumber(try one.bytes()), withoutNumber(try all.bytes()))
    #expect(!first.isEmpty)
    #expect(Array(more.prefix(first.count)) == first)
  }

  @Test("What is found within a budget is a part of what its programs give without one")
  func budget() async throws {
    var scenario = Self.scenario
    scenario.schedules = 1_000_000
    let bounded = try await scenario.run(
      ["--budget", "1s", "--jobs", "2"], in: try Sandbox())
    let programs = bounded.count("programs")
    #expect(programs < 1_000_000)
    scenario.schedules = Int(max(1, programs))
    let counted = try await scenario.run(in: try Sandbox())
    #expect(counted.count("programs") == UInt64(scenario.schedules))
    guard programs > 0 else { return }
    #expect(bounded.findings.count <= counted.findings.count)
    for name in ["crash_points", "images", "distinct_images", "images_inconsistent"] {
      #expect(bounded.count(name) <= counted.count(name), "\(name)")
    }
    // The programs before the last one are whole, and half of all must be there.
    #expect(programs < 3 || 2 * bounded.count("images") > counted.count("images"))
  }

  @Test("A clean exploration below the minimum is unknown, with exit 4")
  func belowTheMinimum() async throws {
    let scenario = RecoveryScenario(operations: 1, minimum: 100_000)
    let run = try await scenario.run(in: try Sandbox())
    #expect(run.ending.code == 4, "\(run.ending.errors)")
    for verdict in run.cell.verdicts {
      #expect(verdict.status == .unknown)
      #expect(verdict.reason?.contains("100000 are asked for") == true, "\(verdict)")
    }
    // A violation that was found stays one, however little was looked at.
    var broken = scenario
    broken.disk = "sync: ignored"
    let found = try await broken.run(in: try Sandbox())
    #expect(found.status(.consistency) == .violated)
    #expect(found.ending.code == 2)
  }

  @Test("A demonstration that finds nothing fails, or is unknown below the minimum")
  func missingViolation() async throws {
    var scenario = RecoveryScenario(operations: 1)
    scenario.expectations = "consistency: violated"
    #expect(try await scenario.run(in: try Sandbox()).ending.code == 2)
    scenario.minimum = 100_000
    #expect(try await scenario.run(in: try Sandbox()).ending.code == 4)
  }
}
