import AssayModel
import Platform

/// What a file system, and the costs measured on it, mean for a database. Pure.
enum FileSystemHints {
  /// What the kind of file system and its options mean.
  static func of(_ facts: FileSystemFacts) -> [Hint] {
    let options = Set(facts.options.split(separator: ",").map(String.init))
    var hints: [Hint] = []
    if facts.isInMemory {
      hints.append(
        Hint(
          level: .warning, id: "memory-file-system",
          message: "\(facts.type) lives in memory: a restart or power loss takes everything, a "
            + "sync costs nothing, and durations measured here say nothing about a disk."))
    }
    if facts.isRemote {
      hints.append(
        Hint(
          level: .warning, id: "remote-file-system",
          message: "\(facts.type) lives on another machine: SQLite's locks may not hold there and "
            + "WAL mode cannot work between machines. Put the database on a local disk."))
    } else if facts.type.hasPrefix("fuse") {
      hints.append(
        Hint(
          level: .note, id: "fuse-file-system",
          message: "Locks, syncs and shared memory are as good as the program behind \(facts.type)."
        ))
    }
    if facts.type == "overlay" {
      hints.append(
        Hint(
          level: .note, id: "overlay-file-system",
          message: "An overlay usually belongs to a container and goes with it: keep a database "
            + "on a volume."))
    }
    if !options.isDisjoint(with: ["nobarrier", "barrier=0"]) {
      hints.append(
        Hint(
          level: .warning, id: "no-barriers",
          message: "It is mounted without write barriers: a power loss can undo or tear what was "
            + "synced, and corrupt a database in any mode."))
    }
    if options.contains("ro") {
      hints.append(
        Hint(level: .warning, id: "read-only", message: "It is mounted read-only."))
    }
    if facts.free.bytes < 100_000_000, !options.contains("ro") {
      hints.append(
        Hint(
          level: .warning, id: "little-space",
          message: "Less than 100 MB are free: a WAL or a VACUUM needs room next to the database."))
    }
    return hints
  }

  /// What the measured costs mean.
  static func of(
    _ found: FolderProbe.Findings, facts: FileSystemFacts, machine: MachineReport
  ) -> [Hint] {
    var hints: [Hint] = []
    // No flash without a protected cache finishes a flush this soon; the fastest ones take 15 us.
    if let p50 = found.syncOverwrite.p50, p50 < .microseconds(10), !facts.isInMemory {
      hints.append(
        Hint(
          level: .warning, id: "sync-too-fast",
          message: "A sync this short hardly reaches a device: a virtual disk or a controller may "
            + "answer from a cache that a power loss empties."))
    }
    let syncs = min(found.syncOverwrite.count, found.syncAppend.count)
    if syncs < 100 {
      hints.append(
        Hint(
          level: .note, id: "slow-sync",
          message: "The time was up after \(syncs) syncs, too few for a p99."))
    }
    if !found.sharedMemory.works {
      hints.append(
        Hint(
          level: .warning, id: "no-shared-memory",
          message: "Shared memory does not work here, so WAL mode does not either, except with "
            + "locking_mode=EXCLUSIVE."))
    }
    if machine.load.oneMinute > Double(machine.environment.coreCount) {
      hints.append(
        Hint(
          level: .note, id: "busy-machine",
          message: "More tasks want to run than there are cores: these are figures of a busy "
            + "machine. A sync then takes whole scheduler ticks (about 4 ms) at times."))
    }
    return hints
  }
}
