import CLibcrypto

/// The SHA-256 digest of some bytes.
///
/// Source: FIPS 180-4, through libcrypto's `SHA256`.
public struct SHA256Digest: Equatable, Sendable, CustomStringConvertible {
  /// The digest: 32 bytes.
  public let bytes: [UInt8]

  /// Computes the digest of `content`, which may be empty.
  public init(of content: [UInt8]) {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    unsafe content.withUnsafeBufferPointer { input in
      unsafe digest.withUnsafeMutableBufferPointer { output in
        // Returns its third argument, which the caller owns.
        _ = unsafe SHA256(input.baseAddress, input.count, output.baseAddress)
      }
    }
    bytes = digest
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
