import AssayModel
import FaultVFS
import Testing

@testable import Runner

/// What must turn the comparison with real files red.
@Suite("What a comparison with real files sees")
struct RealityPlantedTests {
  @Test(
    "A crash one call later than the kill is seen where that call changes files, and only there",
    arguments: ["delete", "wal"])
  func laterCrash(journal: String) async throws {
    let outcome = try await Reality("kv", journal).run { check in
      check.kills = 20
      check.recoveryPeriod = .max
      check.simulatedPlace = { KillPoint(call: $0.call + 1, moment: .before) }
    }
    let texts = outcome.differences
    // Only writes are killed in their middle. The other half may be what was there before.
    let middles = outcome.kills.count { $0.moment == .middle }
    let halves = texts.count { $0.contains("killed middle") }
    #expect(middles > 0 && halves > 0)
    let late = texts.filter { $0.contains("killed before") }
    #expect(late.contains { $0.contains("VFSMethod.write,") })
    let changing = ["write", "truncate", "open", "delete"].map { "VFSMethod.\($0)," }
    #expect(late.allSatisfy { text in changing.contains { text.contains($0) } }, "\(late)")
    #expect(texts.count == halves + late.count, "\(texts)")
  }

  @Test("A write that the simulated disk loses or changes is seen at the next sync")
  func wrongDisk() async {
    await #expect(processExitsWith: .success) { try RealityPlantedTests.checkWrongDisks() }
  }

  private static func checkWrongDisks() throws {
    for journal in ["delete", "wal"] {
      let reality = try Reality("ledger", journal)
      let program = try RealityProgram(reality.cell)
      let real = try program.run(0, inFolder: try reality.folder("honest"))
      let honest = try program.simulate(0)
      #expect(honest.record.differences(from: real) == [])

      for position in honest.disk.log.operations.indices.filter({ $0 % 7 == 0 })
      where honest.disk.log.operations[position].kind == .write {
        var lossy = honest.record
        lossy.steps = honest.disk.steps(leavingOut: position)
        // The last ones need not be followed by a sync of their file.
        if position > honest.disk.log.position / 2 { continue }
        #expect(lossy.differences(from: real).contains { $0.hasPrefix("sync ") }, "\(position)")
      }
      for file in [FileKind.database, journal == "wal" ? .wal : .journal] {
        let damaged = try program.simulate(
          0, fault: CallFault(.bitFlip, method: .write, file: file, call: 3, isLasting: false))
        #expect(damaged.record.differences(from: real).contains { $0.hasPrefix("sync ") })

        var flip = FaultSpecification(kind: .bitFlip, target: .all, trigger: .operation(3))
        flip.method = .write
        flip.file = file
        let broken = try program.run(
          0, inFolder: try reality.folder("flipped-\(file)"), fault: flip)
        #expect(honest.record.differences(from: broken).contains { $0.hasPrefix("sync ") })
      }
    }
  }

  @Test("Another schedule is another run")
  func otherProgram() async {
    await #expect(processExitsWith: .success) {
      let reality = try Reality("kv", "wal")
      let program = try RealityProgram(reality.cell)
      let real = try program.run(1, inFolder: try reality.folder("one"))
      let texts = try program.simulate(0).record.differences(from: real)
      let parts = texts.map { $0.prefix { $0.isLetter } }
      #expect(["schedule", "event", "sync"].allSatisfy { parts.contains($0) }, "\(texts)")
    }
  }
}
