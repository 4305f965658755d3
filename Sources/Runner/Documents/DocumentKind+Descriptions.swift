extension DocumentKind {
  /// What members are, by path; the names of the others say it.
  var descriptions: [String: String] {
    switch self {
    case .result: DocumentDescriptions.result
    case .error: DocumentDescriptions.error
    case .comparison:
      DocumentDescriptions.timed.merging(DocumentDescriptions.comparison) { first, _ in first }
    case .gate: DocumentDescriptions.timed.merging(DocumentDescriptions.gate) { first, _ in first }
    case .tune: DocumentDescriptions.timed.merging(DocumentDescriptions.tune) { first, _ in first }
    case .doctor: DocumentDescriptions.doctor
    case .check: DocumentDescriptions.check
    case .dryRun: DocumentDescriptions.dryRun
    case .clean: DocumentDescriptions.clean
    case .incident: DocumentDescriptions.incident
    case .finding: DocumentDescriptions.finding
    case .scenario, .calibration, .pairs, .baseline, .storedCalibration, .baselineUpdate, .replay,
      .list, .initialisation:
      [:]
    }
  }
}

/// What members of documents are, by path.
private enum DocumentDescriptions {
  private static let schemaVersion =
    "Version of this form; a published version never changes its meaning."
  private static let exitCode = "Exit code of the command."

  static let timed = [
    "schema": schemaVersion,
    "run": "Name of the run's folder.",
    "started": "When it began.",
    "elapsed": "How long it took, in nanoseconds.",
    "seed": "Base of all seeds, as a decimal text: JSON numbers lose bits beyond 2^53.",
    "exit_code": exitCode,
  ]

  static let result = [
    "schema": schemaVersion,
    "scenario": "Name of the scenario.",
    "question": "The question that the scenario asks.",
    "plan_digest": "SHA-256 of the exact plan.",
    "workload_digest":
      "SHA-256 of load, seeds and template: equal for two runs that may be compared.",
    "seed": "Base of all seeds, as a decimal text: JSON numbers lose bits beyond 2^53.",
    "elapsed": "How long the run took, in nanoseconds.",
    "cells": "The cells of the matrix, in order.",
    "cells.id": "The cell's values of the matrix, as --only takes them.",
    "cells.parameters": "The cell's values of the matrix, by path of the setting.",
    "cells.verdicts": "What the checks found, and whether that was expected.",
    "cells.verdicts.status": "valid, violated, or unknown, which never counts as a pass.",
    "cells.verdicts.met": "Whether the expectation is met.",
    "cells.verdicts.witness": "The facts that show a violation.",
    "cells.operations": "By kind of operation.",
    "cells.operations.count": "Acknowledged operations that were measured.",
    "cells.operations.errors": "Failed attempts by SQLite's code.",
    "cells.operations.response":
      "Time from the intended start to the end, in nanoseconds, with its sparse histogram.",
    "cells.operations.response.p99": "Absent where too few values hold it.",
    "cells.actors": "Operations and longest wait of each actor.",
    "cells.series": "Operations, failures and longest wait per 100 ms.",
    "cells.counts": "Counters of the storage engine, of SQLite and of the file system layer.",
    "cells.faults": "What was broken, and what followed.",
    "cells.explored": "Counts of an exploration of the simulated world.",
    "cells.findings": "Paths of findings, from the run's folder.",
    "cells.incidents": "Paths of incidents, from the run's folder.",
    "outcome": "The exit code in words.",
    "finding": "The sentence below the table.",
    "exit_code": exitCode,
  ]

  static let error = [
    "schema": schemaVersion,
    "error": "What happened and what can be done.",
    "exit_code": exitCode,
    "problems": "Mistakes in scenario files, each with its place.",
    "problems.line": "From 1; 0 for what is in no line, such as an option of the command line.",
    "problems.key": "The key, from the section down, such as load.keys.count.",
  ]

  static let comparison = [
    "base": "A, with its environment.",
    "head": "B, with its environment.",
    "result": "What was decided of each metric.",
    "result.metrics.estimate": "Worsening of the head as a logarithm; positive is worse.",
    "counts": "Exact counts of a script, base against head.",
    "pairs": "Every pair of blocks, from which the decision can be made again.",
  ]

  static let gate = [
    "workloads": "What was measured of each scenario.",
    "decision": "What was decided of each scenario, and together.",
    "sentence": "The last line for people.",
  ]

  static let tune = [
    "durability": "The class that is wanted.",
    "classes": "What was found out about the class of each setting.",
    "recommended": "The setting that is recommended, and how it is opened in several languages.",
    "front": "The Pareto front over all objectives.",
    "stopped": "Why it ended early; empty when it did not.",
  ]

  static let doctor = [
    "schema": schemaVersion,
    "database.access": "What the user of this process can do with the database.",
    "database.access.level": "read-write, read-only, or none: not even a reader can open it.",
    "database.hints": "What follows from the settings and the state of the files.",
  ]

  static let check = [
    "cells": "Ids of the cells; empty when the scenario is not valid.",
    "errors": "What is wrong with it.",
  ]

  static let dryRun = [
    "schema": schemaVersion,
    "scenarios.seconds": "Estimate; absent where nothing limits the time.",
    "scenarios.disk_bytes": "Upper estimate, copies of the database included.",
    "scenarios.database": "The database that each cell starts from a copy of.",
  ]

  static let clean = [
    "schema": schemaVersion,
    "runs": "Every run, by scenario and time.",
    "runs.state": "abandoned: it ended without a result, because its coordinator was killed.",
    "runs.bytes": "What it takes on the device, databases outside of its folder included.",
    "runs.removed": "Whether it was removed; in a dry run, whether it would be.",
  ]

  static let incident = [
    "exit": "How the worker ended.",
    "standard_error": "The end of what it wrote there.",
  ]

  static let finding = [
    "schema": schemaVersion,
    "disk_version": "Version of the simulated disk with which it can be replayed.",
    "found": "What was found.",
    "cell": "The settings with which it was found, with their digest.",
    "skipped": "Operations that were left out because they do not matter for it.",
  ]
}
