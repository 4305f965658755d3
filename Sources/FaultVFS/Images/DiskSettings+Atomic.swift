import AssayModel

extension DiskSettings {
  /// Returns true if a write is all or nothing.
  func isAtomic(offset: Int, count: Int) -> Bool {
    if claims.contains(.atomic) { return true }
    guard
      let size = Self.atomicSizes.first(where: { claims.contains($0.claim) && $0.size == count })
    else { return false }
    return offset % size.size == 0
  }

  private static let atomicSizes: [(claim: Claim, size: Int)] = [
    (.atomic512, 512), (.atomic1K, 1_024), (.atomic2K, 2_048), (.atomic4K, 4_096),
    (.atomic8K, 8_192), (.atomic16K, 16_384), (.atomic32K, 32_768), (.atomic64K, 65_536),
  ]
}
