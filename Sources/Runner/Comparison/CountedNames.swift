/// Which counts of a cell are counts of what it did: without what was timed, and without what is
/// the harness's own.
enum CountedNames {
  static func of(_ counts: [String: UInt64]) -> [String: UInt64] {
    counts.filter { name, _ in
      !name.hasSuffix("nanoseconds") && !name.contains("nanoseconds_") && name != "workers_started"
    }
  }
}
