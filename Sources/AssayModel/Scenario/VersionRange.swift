/// A SQLite version, such as 3.40.1.
public struct LibraryVersion: Hashable, Comparable, Codable, Sendable {
  /// The value of `sqlite3_libversion_number`: major × 1,000,000 + minor × 1,000 + patch.
  public var number: Int

  /// Creates a version from SQLite's number.
  public init(number: Int) {
    self.number = number
  }

  /// Reads `3.40.1`; `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2 || parts.count == 3 else { return nil }
    var number = 0
    for (part, unit) in zip(parts, [1_000_000, 1_000, 1]) {
      guard let part, part >= 0, part < 1_000 else { return nil }
      number += part * unit
    }
    self.number = number
  }

  /// Orders by release.
  public static func < (left: LibraryVersion, right: LibraryVersion) -> Bool {
    left.number < right.number
  }
}

extension LibraryVersion: CustomStringConvertible {
  /// The dotted form.
  public var description: String {
    "\(number / 1_000_000).\(number / 1_000 % 1_000).\(number % 1_000)"
  }
}

/// A set of SQLite versions, such as `>=3.7.0 <3.51.3 !3.44.6 !3.50.7`.
public struct VersionRange: Hashable, Codable, Sendable {
  /// Lowest version in the range.
  public var from: LibraryVersion?
  /// First version above the range.
  public var below: LibraryVersion?
  /// Versions within the bounds that are excluded, such as those with back-ported fixes.
  public var except: [LibraryVersion]

  /// Creates a range.
  public init(
    from: LibraryVersion? = nil, below: LibraryVersion? = nil, except: [LibraryVersion] = []
  ) {
    self.from = from
    self.below = below
    self.except = except
  }

  /// Returns true if the range contains the version.
  public func contains(_ version: LibraryVersion) -> Bool {
    if let from, version < from { return false }
    if let below, version >= below { return false }
    return !except.contains(version)
  }
}

extension VersionRange: CustomStringConvertible {
  /// The range as scenario files write it: `>=3.7.0 <3.51.3 !3.44.6 !3.50.7`.
  public var description: String {
    let ends = [from.map { ">=\($0)" }, below.map { "<\($0)" }].compactMap(\.self)
    return (ends + except.map { "!\($0)" }).joined(separator: " ")
  }
}
