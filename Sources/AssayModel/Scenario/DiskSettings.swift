/// The `disk:` section of a scenario: standing properties of the device.
///
/// Latencies hold in both worlds (virtual time in the simulated one); everything else describes
/// what a power loss may do and belongs to the simulated world. Source: facts/crash-model.md;
/// SQLite's documentation, "psow" and `c3ref/c_iocap_atomic`.
public struct DiskSettings: Hashable, Codable, Sendable {
  /// What a method takes longer than the device underneath.
  public struct Latency: Hashable, Codable, Sendable {
    /// The method.
    public var method: VFSMethod
    /// The time added to each call; above 0.
    public var span: Nanoseconds

    /// Creates a latency.
    public init(method: VFSMethod, span: Nanoseconds) {
      self.method = method
      self.span = span
    }
  }

  /// What a device claims beyond powersafe overwrite, and then keeps.
  public enum Claim: String, CaseIterable, Codable, Sendable {
    case atomic
    case atomic512, atomic1K = "atomic1k", atomic2K = "atomic2k", atomic4K = "atomic4k"
    case atomic8K = "atomic8k", atomic16K = "atomic16k", atomic32K = "atomic32k"
    case atomic64K = "atomic64k"
    /// Appended data reaches the disk before the file's new size.
    case safeAppend = "safe_append"
    /// Operations reach the disk in their order: a power loss leaves a prefix of them.
    case sequential
  }

  /// What a truncate or a growing file leaves at a power loss.
  public enum Truncation: String, CaseIterable, Codable, Sendable {
    /// A truncate may be lost while later writes persist; gaps hold garbage.
    case strict
    /// Changes of length keep their order with the writes of the same file; gaps hold zeros.
    case journaled
  }

  /// Which changes of names a power loss leaves that no directory sync has made durable.
  public enum Directory: String, CaseIterable, Codable, Sendable {
    /// A prefix of them.
    case ordered
    /// Any subset of them.
    case any
    /// A prefix of all of them: directory syncs have no effect.
    case never
  }

  /// What a sync does.
  public enum Sync: String, CaseIterable, Codable, Sendable {
    /// What it promises.
    case honest
    /// Nothing at all.
    case ignored
    /// Order only: what came before reaches the disk before what comes after, whenever that is.
    case barrier
  }

  /// Added time per method; each method once.
  public var latencies: [Latency] = []
  /// Size of the pieces into which a write falls: 512 or 4096 bytes.
  public var sectorSize: Int = 512
  /// Whether bytes of a sector that a write does not cover are safe
  /// (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`, the default of the unix VFS).
  public var powersafeOverwrite: Bool = true
  /// Further promises of the device.
  public var claims: [Claim] = []
  /// What changes of length leave.
  public var truncation: Truncation = .strict
  /// What changes of names leave.
  public var directory: Directory = .ordered
  /// What a sync does.
  public var sync: Sync = .honest
  /// The kinds of files that `sync` speaks of, where it is not honest; empty means all.
  public var syncFiles: [FileKind] = []
  /// Whether a piece that did not reach the disk may also leave random bytes.
  public var garbage: Bool = false

  /// Creates an honest disk.
  public init() {}

  /// Whether a property is set that only the simulated world has.
  public var isSimulatedOnly: Bool {
    var rest = self
    rest.latencies = []
    return rest != DiskSettings()
  }
}
