extension Span<UInt8> {
  /// The eight bytes from `offset` on as one number, the first byte lowest.
  ///
  /// One comparison instead of one for each byte: for hashes, which read everything.
  /// - Precondition: `offset` is not negative and eight bytes begin there.
  @inlinable
  public func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= count - 8, "no 8 bytes at \(offset) of \(count)")
    // Within the bounds, as was just checked; any eight bytes are some number.
    let word = unsafe bytes.unsafeLoadUnaligned(
      fromUncheckedByteOffset: offset, as: UInt64.self)
    return UInt64(littleEndian: word)
  }
}
