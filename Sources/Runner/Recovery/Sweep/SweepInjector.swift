import AssayModel
import FaultVFS

/// Sets the fault of a run and takes it away again.
final class SweepInjector: @unchecked Sendable {
  // Unchecked because only the holder of the baton uses it, or who sets the world up.

  private let fault: SweepFault?
  private let disk: SimulatedDisk
  private var isArmed = false
  private var hitsBefore = 0

  init(_ fault: SweepFault?, _ disk: SimulatedDisk) {
    self.fault = fault
    self.disk = disk
  }

  /// Counts from here on.
  func arm() {
    guard let fault else { return }
    isArmed = true
    switch fault.line.target {
    case .allocation: FailingAllocator.arm(call: fault.call, isLasting: fault.line.isLasting)
    case .call(let effect, let method, let file):
      // What a failed sync loses is what the log says.
      if effect == .fsyncError { disk.beginLog() }
      disk.setFault(
        CallFault(
          effect, method: method, file: file, call: fault.call, isLasting: fault.line.isLasting))
    }
  }

  /// Nothing fails any more; further calls do nothing.
  func disarm() {
    guard isArmed, let fault else { return }
    hitsBefore = hits
    isArmed = false
    switch fault.line.target {
    case .allocation: FailingAllocator.disarm()
    case .call:
      disk.setFault(nil)
      disk.endLog()
    }
  }

  /// How often the fault has hit.
  var hits: Int {
    guard isArmed, let fault else { return hitsBefore }
    return fault.line.target == .allocation ? FailingAllocator.hits : disk.faultCounts.hits
  }

  /// Whether the call that fails may be one that gives a lock back. The lock then stays with its
  /// connection until that is closed, or happens to give the same lock back again; SQLite has
  /// nobody to report it to.
  var mayKeepLock: Bool {
    guard case .call(_, let method, _) = fault?.line.target else { return false }
    return method == .unlock || method == .sharedMemoryLock
  }
}
