public import AssayModel
import CSQLite

/// Sees every call that SQLite makes on real files, and writes down what becomes of them: for
/// comparing the simulated disk with reality.
///
/// A layer without one has no costs: its files take the way past it only where a fault or latency
/// would. With one every call is announced, so that a scheduler may let another actor go first,
/// and sleeps and clocks are the scheduler's.
public final class RealFileWitness: @unchecked Sendable {
  // Unchecked because one thread at a time makes calls: the yield point sees to that.

  /// What happened to the files since `begin`; temporary files are left out.
  public private(set) var steps: [FileStep] = []
  private let yieldPoint: any YieldPoint
  private var isRecording = false

  /// - Parameter yieldPoint: told of every call right before it takes effect; an answer that the
  ///   process is dead is not heeded.
  public init(_ yieldPoint: any YieldPoint) {
    self.yieldPoint = yieldPoint
  }

  /// Notes steps from now on.
  public func begin() {
    steps = []
    isRecording = true
  }

  /// Notes nothing more.
  public func end() { isRecording = false }

  // MARK: Calls

  /// Announces a call. File controls are not: the simulated disk knows none.
  func announce(_ method: VFSMethod, _ file: FileKind?) {
    if method != .fileControl { _ = yieldPoint.reached(method, file) }
  }

  /// Lets virtual time pass in place of a sleep.
  func sleep(microseconds: Int32) -> Int32 {
    _ = yieldPoint.sleep(for: .microseconds(Int64(max(0, microseconds))))
    return microseconds
  }

  /// The scheduler's wall clock, in milliseconds since noon of Julian day 0.
  var now: Int64 { julianUnixEpochMilliseconds + yieldPoint.wallNow().milliseconds }

  // MARK: Steps

  func created(_ kind: FileKind) { note(FileStep(.create, kind)) }

  /// - Parameter place: where the steps stood before the call, within which the directory may have
  ///   been synced.
  func deleted(_ kind: FileKind, at place: Int) { note(FileStep(.delete, kind), at: place) }

  func wrote(_ kind: FileKind, _ bytes: UnsafeRawBufferPointer, offset: Int64) {
    note(
      FileStep(
        .write, kind, offset: offset, count: bytes.count, hash: unsafe ImageHash(of: bytes)))
  }

  func truncated(_ kind: FileKind, to length: Int64) {
    note(FileStep(.truncate, kind, offset: length))
  }

  /// - Parameter kind: of the file for whose name the directory was synced.
  func syncedDirectory(_ kind: FileKind) { note(FileStep(.directorySync, kind)) }

  /// - Parameters:
  ///   - file: read as a whole, through the handle that SQLite has: another descriptor would drop
  ///     the locks of this process when it is closed.
  ///   - place: where the steps stood before the call, within which the directory may have been
  ///     synced after the file.
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
