import AssayModel
import FaultVFS
import Testing

@testable import Runner

/// What must turn the comparison with real files red.
@Suite("What a comparison with real files sees")
struct RealityPlantedTests {
  @Test("A kill one call later is seen at every write, and only where a call changes something")
  func laterCrash() async throws {
    for journal in ["delete", "wal"] {
      let reality = try Reality("kv", journal)
      let outcome = try await reality.run { check in
        check.kills = 24
        check.simulatedPlace = { KillPoint(call: $0.call + 1, moment: .before) }
      }
      // Only writes are killed in their middle.
      let middles = outcome.kills.count { $0.moment == .middle }
      #expect(middles > 2)
      #expect(outcome.differences.count { $0.contains("killed middle") } == middles)
      let late = outcome.differences.filter { $0.contains("killed before") }
      #expect(late.contains { $0.contains("VFSMethod.write") })
      let changing = ["write", "truncate", "open", "delete"].map { "VFSMethod.\($0)," }
      #expect(late.allSatisfy { text in changing.contains { text.contains($0) } }, "\(late)")
      #expect(outcome.differences.count == middles + late.count)
    }
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
      let parts = try program.simulate(0).record.differences(from: real)
        .compactMap { $0.split(separator: " ").first }
      #expect(parts.contains("schedule") && parts.contains("event") && parts.contains("sync"))
    }
  }
}
