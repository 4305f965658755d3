import AssayModel

/// Leads to a yield point without counting references, which each call of a file would do twice.
final class YieldGate {
  let point: any YieldPoint

  init(_ point: any YieldPoint) {
    self.point = point
  }
}
