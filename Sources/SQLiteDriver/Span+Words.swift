extension Span<UInt8> {
  /// Returns the eight bytes from `offset` on as one number, the first byte lowest.
  ///
  /// One comparison instead of one per byte: for hashes, which read everything.
  /// - Precondition: `offset` is not negative and eight bytes begin there.
  @inlinable
  public func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8, "no 8 bytes at \(offset) of \(count)")
    // Within the bounds, as just checked; any eight bytes form a valid number.
    let word = unsafe bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: offset, as: UInt64.self)
    return UInt64(littleEndian: word)
  }
}
