import Gate
import Platform

/// Calibrations as files under `<results>/Calibrations/<fingerprint>/<scenario>.json`.
struct CalibrationStore {
  let results: String

  /// Digits of the digest that name a machine.
  private static let digits = 16

  func path(of scenario: String, on fingerprint: Fingerprint) throws(RunnerError) -> String {
    let digest = try Digests.digest(fingerprint).prefix(Self.digits)
    return "\(results)/Calibrations/\(digest)/\(scenario).json"
  }

  /// What is known of a scenario on a machine; `nil` when nothing is.
  ///
  /// - Throws: an input error for a file that is damaged or of another schema.
  func calibration(
    of scenario: String, on fingerprint: Fingerprint
  ) throws(RunnerError) -> Calibration? {
    let path = try path(of: scenario, on: fingerprint)
    guard ByteFile.exists(path) else { return nil }
    let calibration = try GateFile.read(Calibration.self, "calibration", from: path)
    if let mismatch = calibration.mismatch(scenario: scenario, fingerprint: fingerprint) {
      throw RunnerError(.input, "'\(path)': \(mismatch); assay calibrate stores one that fits")
    }
    return calibration
  }

  /// Stores a calibration and returns its path.
  func write(_ calibration: Calibration) throws(RunnerError) -> String {
    let path = try path(of: calibration.scenario, on: calibration.fingerprint)
    try GateFile.store(calibration, to: path)
    return path
  }
}
