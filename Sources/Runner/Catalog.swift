import AssayModel
import Workloads

/// What this version can run, for `assay list`.
public enum Catalog {
  /// Workloads with a line each.
  public static var workloads: [(String, String)] {
    LoadSettings.Workload.allCases.compactMap { workload in
      WorkloadCatalog.entry(workload).map { (workload.rawValue, $0.summary) }
    }
  }

  /// Faults with a line each.
  public static var faults: [(String, String)] {
    FaultSpecification.Kind.allCases.filter(Capabilities.faults.contains).map { kind in
      (kind.rawValue, summary(kind))
    }
  }

  /// Checks with a line each.
  public static var checks: [(String, String)] {
    let known = Capabilities.checks.union(Capabilities.simulatedChecks)
      .union(Capabilities.scheduleChecks).union([.errorHandling])
    return CheckName.allCases.filter(known.contains).compactMap { check in
      summary(check).map { (check.rawValue, $0) }
    }
  }

  private static func summary(_ kind: FaultSpecification.Kind) -> String {
    switch kind {
    case .kill:
      "SIGKILL to a process: a given one, a random one, the one that holds a lock; at a call too"
    case .pause: "SIGSTOP, and SIGCONT after a time"
    case .staleLock: "a lock row left by a process that no longer exists"
    case .clock: "skew, drift and steps of a process's wall clock, or of all its clocks"
    case .ioError: "a call of the file system fails with its own code, once or permanently"
    case .shortRead: "a read brings half of what was asked for, then zeros"
    case .diskFull:
      "no file may grow after so many bytes or from a time on, and may again later"
    case .fsyncError: "a sync fails, and may lose what was written since the last one"
    case .bitFlip: "one bit is wrong: in what is read, or in what is written to the file"
    case .silentLock: "a lock of a file or of shared memory is granted but not taken"
    case .tamper:
      "copy or rename the database, delete or swap its journal or log, zero its shared memory, "
        + "edit its schema; copies as they should be made (vacuum_into, backup) for comparison"
    }
  }

  private static func summary(_ check: CheckName) -> String? {
    switch check {
    case .integrity: "integrity_check and foreign_key_check are clean in a fresh process"
    case .durability: "nothing acknowledged is missing"
    case .atomicity: "no half transaction: sums, balances, and rows that belong together"
    case .isolation: "each read is of one committed state, and of none that was already over"
    case .sharedMemory: "a checkpoint never says that it has copied more frames than there are"
    case .mutualExclusion: "fencing tokens grow, no stale write, no lock surely held twice"
    case .recoveryTime: "from a dead holder's last renewal to the next acquisition"
    case .busy: "number and kind of SQLITE_BUSY that actors saw"
    case .latency: "a percentile of the response time, or its ratio to another cell's"
    case .consistency: "the content of each crash image is that after some number of transactions"
    case .progress: "no deadlock and no livelock under the simulated scheduler"
    case .errors: "attempts that ended with an error, by operation and code"
    case .errorHandling: "each failing call is reported, retried with success, and leaks nothing"
    case .invariants: "the scenario's own queries give what they must, at any time"
    case .wal: "the longest length of the write-ahead log"
    case .disk: "the most that database, log, journal and shared memory take together"
    case .throughput: "acknowledged operations a second, or their ratio to another cell's"
    default: nil
    }
  }
}
