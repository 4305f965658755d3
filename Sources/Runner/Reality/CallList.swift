import AssayModel

/// Stands between a disk and the baton, and keeps the calls in the order in which they take effect.
final class CallList: YieldPoint, @unchecked Sendable {
  // Unchecked because the holder of the baton alone makes calls.

  private(set) var calls: [AnnouncedCall] = []
  private let baton: Baton
  /// How far the disk is: in steps, or in the log.
  var position: () -> Int = { 0 }
  private var isRecording = false

  init(_ baton: Baton) {
    self.baton = baton
  }

  /// Keeps calls from now on.
  func begin() {
    calls = []
    isRecording = true
  }

  /// Keeps no more.
  func end() { isRecording = false }

  func reached(_ method: VFSMethod, _ file: FileKind?) -> Bool {
    // For a name without a file the two disks know different kinds, which must not change the
    // digest of the schedule.
    let known = method == .access || method == .delete ? nil : file
    guard baton.reached(method, known) else { return false }
    note(method, file)
    return true
  }

  func sleep(for span: Nanoseconds) -> Bool {
    note(.sleep, nil)
    return baton.sleep(for: span)
  }

  private func note(_ method: VFSMethod, _ file: FileKind?) {
    guard isRecording else { return }
    calls.append(
      AnnouncedCall(method: method, file: file, actor: baton.currentActor, steps: position()))
  }

  func wallNow() -> WallTime { baton.wallNow() }

  var currentProcess: Int { baton.currentProcess }

  var currentActor: Int { baton.currentActor }
}
