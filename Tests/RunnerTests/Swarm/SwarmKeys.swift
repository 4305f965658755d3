import AssayModel

@testable import ScenarioFiles

/// The keys that random scenarios draw, with the values that they draw: taken from the definitions
/// of the format, so that a new key is drawn without a change here.
struct SwarmKey: Sendable {
  /// From the section down, or a key of a fault.
  var path: String
  /// The values to choose from, as YAML.
  var values: [String]

  /// Every setting with a path of its own; the load first, which decides how likely others are.
  static let settings: [SwarmKey] =
    keys("load", LoadSettings.keys) + keys("storage", StorageSettings.keys)
    + keys("locks", LockSettings.keys) + keys("disk", DiskDraft.keys)
    + keys("explore", ExploreSettings.keys) + keys("", CellSettings.keys)
    + keys("", ScenarioDraft.keys.filter { $0.name == "repeat" })

  /// Every key of a fault.
  static let faults: [SwarmKey] = keys("", FaultDraft.keys, narrow: faultValues)

  /// Keys whose values are put together, and the part of the generator that does it.
  static let composed: [String: String] = [
    "load.setup": "SwarmSQL", "load.transactions": "SwarmSQL", "load.invariants": "SwarmSQL",
  ]

  /// Keys outside the settings, and why they are not drawn from samples.
  static let sections: [String: String] = [
    "name": "the number of the scenario", "question": "a sentence",
    "show": "figures of the report", "tags": "labels, which change nothing",
    "world": "SwarmKind says it",
    "storage": "a section", "locks": "a section", "load": "a section", "disk": "a section",
    "explore": "a section", "matrix": "an axis of any setting", "faults": "a list of faults",
    "expect": "SwarmPromise", "check": "the same checks as expect", "sweep": "a limit of cells",
    "gate": "assay gate alone reads it", "tune": "assay tune alone reads it",
  ]

  private static func keys<Section>(
    _ prefix: String, _ definitions: [SettingKey<Section>],
    narrow: [String: [String]] = settingValues
  ) -> [SwarmKey] {
    definitions.flatMap { key -> [SwarmKey] in
      let path = prefix.isEmpty ? key.name : "\(prefix).\(key.name)"
      if !key.children.isEmpty { return keys(path, key.children, narrow: narrow) }
      var values = narrow[path] ?? key.samples
      // A latency is paid at every call.
      if path.hasPrefix("disk.") { values.removeAll { ["20ms", "1s", "1m"].contains($0) } }
      return [SwarmKey(path: path, values: values)]
    }
  }

  /// Settings whose samples would make a scenario long, large or unlike any use; every other one
  /// is drawn from the whole of its samples.
  private static let settingValues: [String: [String]] = [
    "load.processes": ["1", "1", "2", "3"],
    "load.writers": ["0", "1", "1", "2", "3"],
    "load.readers": ["0", "0", "1", "2"],
    "load.keys.count": ["1", "2", "3", "10", "40"],
    "load.value_size": ["16B", "100B", "600B", "5KiB", "40KiB"],
    "load.think": ["0s", "1ns", "1ms", "20ms"],
    "load.hold": ["0s", "1ms", "20ms"],
    "load.warm_up": ["0s", "10ms"],
    "load.duration": ["50ms", "60ms", "100ms"],
    "load.operations": ["1", "2", "4", "6", "9"],
    // Capacities and highest rates are searched for seconds.
    "load.rate": ["closed", "500/s", "2000/s"],
    "storage.busy_timeout": ["0s", "1ns", "1ms", "20ms", "1s"],
    "storage.max_open_connections": ["1", "1", "2", "3", "10"],
    "storage.max_idle_connections": ["0", "1", "2"],
    "storage.readers": ["1", "2", "3"],
    "storage.acquire_timeout": ["1ns", "1ms", "20ms", "1s"],
    "storage.query_timeout": ["1ns", "1ms", "20ms", "1s"],
    // Of the whole process, the harness included: less and nothing can be said at all.
    "storage.hard_heap_limit": ["0B", "64MiB", "1048576GiB"],
    // Most threads is a limit of each build of SQLite; 8 is the default.
    "storage.threads": ["0", "1", "2", "8"],
    "locks.ttl": ["1ms", "20ms", "1s"],
    "locks.poll": ["1ms", "20ms"],
    "explore.schedules": ["1", "2"],
    "explore.minimum": ["1", "5"],
    "explore.budget": ["20ms", "1s"],
    "explore.images.exhaust": ["0", "2", "4"],
    "explore.images.samples": ["0", "3", "10"],
    "explore.images.recovery": ["0", "1", "2"],
    "repeat": ["1", "2"],
  ]

  private static let faultValues: [String: [String]] = [
    "at": ["0s", "1ms", "20ms", "2 * ttl"],
    // A stale lock is waited out in virtual time, and injected again whenever this has passed.
    "every": ["20ms", "30ms", "200ms"],
    "for": ["1ns", "1ms", "15ms", "2 * ttl"],
    "restart_after": ["0s", "1ms", "20ms"],
    "operation": ["1", "2", "3", "10", "100"],
  ]
}
