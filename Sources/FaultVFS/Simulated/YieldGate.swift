import AssayModel

/// Refers to a yield point without reference counting, which each file call would do twice.
final class YieldGate {
  let point: any YieldPoint

  init(_ point: any YieldPoint) {
    self.point = point
  }
}
