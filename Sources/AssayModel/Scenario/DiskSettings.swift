/// The `disk:` section of a scenario: permanent properties of the device.
///
/// Latencies apply in both worlds (in virtual time in the simulated one); everything else describes
/// the possible effects of a power loss and applies to the simulated world only. Source:
/// facts/crash-model.md; SQLite's documentation, "psow" and `c3ref/c_iocap_atomic`.
public struct DiskSettings: Hashable, Codable, Sendable {
  /// Time that a method takes in addition to that of the underlying device.
  public struct Latency: Hashable, Codable, Sendable {
    /// The method.
    public var method: VFSMethod
    /// Time added to each call; above 0.
    public var span: Nanoseconds

    /// Creates a latency.
    public init(method: VFSMethod, span: Nanoseconds) {
      self.method = method
      self.span = span
    }
  }

  /// Guarantees that a device claims, and keeps, in addition to powersafe overwrite.
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

  /// State in which a power loss leaves a truncated or growing file.
  public enum Truncation: String, CaseIterable, Codable, Sendable {
    /// A truncate may be lost while later writes persist; gaps hold garbage.
    case strict
    /// Changes of length keep their order with the writes of the same file; gaps hold zeros.
    case journaled
  }

  /// Name changes that survive a power loss although no directory sync has made them durable.
  public enum Directory: String, CaseIterable, Codable, Sendable {
    /// A prefix of them.
    case ordered
    /// Any subset of them.
    case any
    /// A prefix of all name changes: directory syncs have no effect.
    case never
  }

  /// Effect of a sync.
  public enum Sync: String, CaseIterable, Codable, Sendable {
    /// Makes earlier writes durable, as promised.
    case honest
    /// Has no effect.
    case ignored
    /// Ordering only: operations before it reach the disk before operations after it, at an
    /// unspecified time.
    case barrier
  }

  /// Added latencies, at most one per method.
  public var latencies: [Latency] = []
  /// Size of the pieces into which a write is split: 512 or 4096 bytes.
  public var sectorSize: Int = 512
  /// True if a power loss cannot damage the bytes of a sector that a write does not cover
  /// (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`, the default of the unix VFS).
  public var powersafeOverwrite: Bool = true
  /// Additional guarantees of the device.
  public var claims: [Claim] = []
  /// Effect of a power loss on changes of length.
  public var truncation: Truncation = .strict
  /// Effect of a power loss on changes of names.
  public var directory: Directory = .ordered
  /// Effect of a sync.
  public var sync: Sync = .honest
  /// Kinds of files to which `sync` applies if it is not honest; empty means all.
  public var syncFiles: [FileKind] = []
  /// True if a piece that did not reach the disk may also leave random bytes.
  public var garbage: Bool = false

  /// Creates an honest disk.
  public init() {}

  /// True if a property is set that only the simulated world supports.
  public var isSimulatedOnly: Bool {
    var rest = self
    rest.latencies = []
    return rest != DiskSettings()
  }
}
