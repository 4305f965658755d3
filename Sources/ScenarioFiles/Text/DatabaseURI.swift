import AssayModel

/// A database named by a URI, as SQLite reads it: the file, and how connections open it.
///
/// Source: sqlite.org/uri.html; `sqlite3ParseUri` in main.c.
struct DatabaseURI: Equatable {
  /// The reason why a URI cannot be used.
  struct Problem: Error, Equatable {
    /// The text found.
    var found: String
    /// Description of the allowed values.
    var allowed: String
    /// The known word that is most similar to the text found.
    var nearest: String?
  }

  /// Path of the file, with its escapes resolved.
  var path: String
  /// Parameters beyond SQLite's defaults with which every connection is opened, in the URI's order.
  var parameters: [StorageSettings.URIParameter] = []
  /// The file system layer that the URI names; `nil` for none.
  var vfs: StorageSettings.FileSystemLayer?

  /// Parameters that can be honoured.
  static let names = ["cache", "mode", "immutable", "vfs", "nolock", "psow"]

  /// Returns true if SQLite reads the text as a URI.
  static func isURI(_ text: String) -> Bool { text.hasPrefix("file:") }

  /// Reads a URI.
  ///
  /// - Throws: the first part that cannot be honoured, by its name.
  init(_ text: String) throws(Problem) {
    let whole = text.dropFirst("file:".count).prefix { $0 != "#" }
    let parts = whole.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = try Self.decoded(Self.path(parts.first ?? ""))
    guard !path.isEmpty else {
      throw Problem(
        found: "a URI without a path", allowed: "a path, as in file:app.db?cache=shared")
    }
    guard path != ":memory:" else {
      throw Problem(
        found: "a URI of a database in memory",
        allowed: "storage.path ':memory:', which one connection has to itself")
    }
    guard parts.count == 2 else { return }
    for item in parts[1].split(separator: "&") {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      try add(try Self.decoded(pair[0]), try Self.decoded(pair.count == 2 ? pair[1] : ""))
    }
  }

  /// Returns the rest after an empty authority, or `localhost`.
  private static func path(_ text: Substring) throws(Problem) -> Substring {
    guard text.hasPrefix("//") else { return text }
    let rest = text.dropFirst(2)
    let authority = rest.prefix { $0 != "/" }
    guard authority.isEmpty || authority == "localhost" else {
      throw Problem(
        found: "the authority '\(authority)'",
        allowed: "none, or localhost, as in file:///var/app.db")
    }
    return rest.dropFirst(authority.count)
  }

  private static func decoded(_ text: Substring) throws(Problem) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16), value != 0 else {
        throw Problem(
          found: "the escape '%\(digits)'", allowed: "% and two hexadecimal digits above 00")
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Parameters

  private mutating func add(_ name: String, _ value: String) throws(Problem) {
    switch name {
    case "cache":
      guard try choose(name, value, ["shared", "private"]) == "shared" else { return }
      parameters.append(StorageSettings.URIParameter(name: name, value: "shared"))
    case "mode": try addMode(value)
    case "vfs":
      let layers = [
        "unix": StorageSettings.FileSystemLayer.standard, "unix-dotfile": .unixDotfile,
        "unix-none": .unixNone,
      ]
      vfs = layers[try choose(name, value, ["unix", "unix-dotfile", "unix-none"])]
    case "immutable":
      guard try isOn(name, value) else { return }
      throw Problem(
        found: "immutable=1", allowed: "immutable=0, because every cell writes to its own copy")
    case "nolock":
      guard try isOn(name, value) else { return }
      parameters.append(StorageSettings.URIParameter(name: name, value: "1"))
    case "psow":
      let value = try isOn(name, value) ? "1" : "0"
      parameters.append(StorageSettings.URIParameter(name: name, value: value))
    default:
      throw Problem(
        found: "the parameter '\(name.shortened)'", allowed: Self.names.joined(separator: ", "),
        nearest: NearestWord.find(name, in: Self.names))
    }
  }

  /// Checks the mode: every cell works on its own copy, which exists and is writable.
  private func addMode(_ value: String) throws(Problem) {
    switch try choose("mode", value, ["rwc", "rw", "ro", "memory"]) {
    case "ro":
      throw Problem(
        found: "mode=ro", allowed: "mode=rw or rwc, because every cell writes to its own copy")
    case "memory":
      throw Problem(
        found: "mode=memory",
        allowed: "storage.path ':memory:', which one connection has to itself")
    default: break
    }
  }

  private func choose(
    _ name: String, _ value: String, _ allowed: [String]
  ) throws(Problem) -> String {
    guard allowed.contains(value) else {
      throw Problem(
        found: "\(name)=\(value.shortened)",
        allowed: allowed.map { "\(name)=\($0)" }.joined(separator: ", "),
        nearest: NearestWord.find(value, in: allowed).map { "\(name)=\($0)" })
    }
    return value
  }

  /// Source: `sqlite3GetBoolean` in pragma.c.
  private func isOn(_ name: String, _ value: String) throws(Problem) -> Bool {
    switch value.lowercased() {
    case "1", "on", "yes", "true": return true
    case "0", "off", "no", "false": return false
    default:
      throw Problem(found: "\(name)=\(value.shortened)", allowed: "\(name)=0 or \(name)=1")
    }
  }
}

extension StorageSettings {
  /// Splits a path that is a URI into the file and the parameters with which connections open it.
  ///
  /// - Parameter node: the section.
  mutating func resolveURI(_ node: YAMLNode, _ context: inout DecodingContext) {
    guard let text = path, DatabaseURI.isURI(text), let place = node.entry("path")?.value.place
    else { return }
    do throws(DatabaseURI.Problem) {
      let uri = try DatabaseURI(text)
      path = uri.path
      uriParameters = uri.parameters.isEmpty ? nil : uri.parameters
      guard let layer = uri.vfs else { return }
      if node.entry("vfs") != nil, vfs != layer {
        context.within("path") {
          $0.report(
            .contradiction, place, found: "a URI with another vfs than storage.vfs",
            allowed: "vfs in one of the two places")
        }
      }
      vfs = layer
    } catch {
      context.within("path") {
        $0.report(
          error.nearest == nil ? .outOfRange : .unknownValue, place, found: error.found,
          allowed: error.allowed, nearest: error.nearest)
      }
    }
  }
}
