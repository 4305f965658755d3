public import AssayModel
import CSQLite

/// Observes every call that SQLite makes on real files, and records its effect: for comparing the
/// simulated disk with reality.
///
/// A layer without a witness has no cost: its files take the slow path only for faults and
/// latencies. With one, every call is announced, so that a scheduler may let another actor go
/// first, and sleeps and clocks come from the scheduler.
public final class RealFileWitness: @unchecked Sendable {
  // Unchecked because one thread at a time makes calls: the yield point ensures that.

  /// Steps of the files since `begin`; temporary files are left out.
  public private(set) var steps: [FileStep] = []
  private let yieldPoint: any YieldPoint
  private var isRecording = false

  /// - Parameter yieldPoint: called right before every call takes effect; its answer that the
  ///   process is dead is ignored.
  public init(_ yieldPoint: any YieldPoint) {
    self.yieldPoint = yieldPoint
  }

  /// Starts recording steps.
  public func begin() {
    steps = []
    isRecording = true
  }

  /// Stops recording steps.
  public func end() { isRecording = false }

  // MARK: Calls

  /// Announces a call. File controls are not announced: the simulated disk has none.
  func announce(_ method: VFSMethod, _ file: FileKind?) {
    if method != .fileControl { _ = yieldPoint.reached(method, file) }
  }

  /// Advances virtual time in place of a sleep.
  func sleep(microseconds: Int32) -> Int32 {
    _ = yieldPoint.sleep(for: .microseconds(Int64(max(0, microseconds))))
    return microseconds
  }

  /// The scheduler's wall clock, in milliseconds since noon of Julian day 0.
  var now: Int64 { julianUnixEpochMilliseconds + yieldPoint.wallNow().milliseconds }

  // MARK: Steps

  func created(_ kind: FileKind) { note(FileStep(.create, kind)) }

  /// - Parameter place: number of steps before the call, during which the directory may have been
  ///   synced.
  func deleted(_ kind: FileKind, at place: Int) { note(FileStep(.delete, kind), at: place) }

  func wrote(_ kind: FileKind, _ bytes: UnsafeRawBufferPointer, offset: Int64) {
    note(
      FileStep(
        .write, kind, offset: offset, count: bytes.count, hash: unsafe ImageHash(of: bytes)))
  }

  func truncated(_ kind: FileKind, to length: Int64) {
    note(FileStep(.truncate, kind, offset: length))
  }

  /// - Parameter kind: kind of the file for whose name the directory was synced.
  func syncedDirectory(_ kind: FileKind) { note(FileStep(.directorySync, kind)) }

  /// - Parameters:
  ///   - file: read as a whole, through SQLite's own handle: closing another descriptor would drop
  ///     the locks of this process.
  ///   - place: number of steps before the call, during which the directory may have been synced
  ///     after the file.
  func synced(_ kind: FileKind, _ file: RealBaseFile, at place: Int) {
    guard isRecording else { return }
    let content = file.read(Int(clamping: file.size), offset: 0)
    note(FileStep(.sync, kind, content: content), at: place)
  }

  private func note(_ step: FileStep, at place: Int? = nil) {
    guard isRecording, step.file != .temporary else { return }
    steps.insert(step, at: place ?? steps.count)
  }
}
