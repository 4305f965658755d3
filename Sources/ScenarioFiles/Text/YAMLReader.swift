import AssayModel
import Yams

/// Turns YAML text into a tree, with limits on everything that a short text can make large.
///
/// Yams keeps aliases as shared values, which cost nothing until the tree is walked; so the text is
/// limited before it is parsed and the tree while it is copied.
struct YAMLReader {
  /// Longest text in bytes.
  static let byteLimit = 1 << 20
  /// Most aliases (`*name`); a scenario needs none, and each may multiply the tree.
  static let aliasLimit = 8
  /// Most nodes after aliases are expanded.
  static let nodeLimit = 50_000
  /// Deepest nesting; the format itself needs 7.
  static let depthLimit = 24

  private let file: String
  private var nodes = 0

  private init(file: String) {
    self.file = file
  }

  /// Reads a text.
  ///
  /// - Parameter file: name of the file in errors.
  static func read(_ text: String, file: String) throws(ScenarioError) -> YAMLNode {
    var reader = YAMLReader(file: file)
    // Some editors begin a text with a byte order mark.
    let isMarked = text.unicodeScalars.first == "\u{FEFF}"
    let text = isMarked ? String(text.unicodeScalars.dropFirst()) : text
    try reader.refuseUnreadable(text)
    let root: Node?
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch {
      throw reader.scenarioError(error)
    }
    guard let root else { throw reader.unreadable("an empty file") }
    return try reader.copy(root, depth: 0)
  }

  private func refuseUnreadable(_ text: String) throws(ScenarioError) {
    guard text.utf8.count <= Self.byteLimit else {
      throw unreadable("more than \(Self.byteLimit) bytes")
    }
    guard !text.utf8.contains(0) else { throw unreadable("a binary file") }
    let aliases = Self.aliasCandidates(in: text)
    guard aliases <= Self.aliasLimit else {
      throw ScenarioError(
        code: .syntax, place: SourcePlace(file: file), path: "", found: "\(aliases) aliases",
        allowed: "at most \(Self.aliasLimit)")
    }
  }

  /// Counts possible aliases, including those in comments and quoted text: too few is never
  /// allowed.
  private static func aliasCandidates(in text: String) -> Int {
    var count = 0
    var isInsideWord = false
    var isAfterStar = false
    for byte in text.utf8 {
      let isNameByte =
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte) || byte == 0x5f || byte == 0x2d
      if isAfterStar && isNameByte { count += 1 }
      isAfterStar = byte == 0x2a && !isInsideWord
      isInsideWord = isNameByte
    }
    return count
  }

  private mutating func copy(_ node: Node, depth: Int) throws(ScenarioError) -> YAMLNode {
    let place = sourcePlace(node.mark)
    nodes += 1
    guard nodes <= Self.nodeLimit else {
      throw syntax("more than \(Self.nodeLimit) values", place, "fewer values and aliases")
    }
    guard depth <= Self.depthLimit else {
      throw syntax("nested deeper than \(Self.depthLimit) levels", place, "the sections' keys")
    }
    switch node {
    case .scalar(let scalar):
      return YAMLNode(
        content: .scalar(scalar.string, isPlain: scalar.style == .plain), place: place)
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for element in sequence { elements.append(try copy(element, depth: depth + 1)) }
      return YAMLNode(content: .sequence(elements), place: place)
    case .mapping(let mapping):
      return YAMLNode(content: .mapping(try entries(of: mapping, depth: depth)), place: place)
    case .alias:
      throw syntax("an alias without a value", place, "values")
    }
  }

  private mutating func entries(
    of mapping: Node.Mapping, depth: Int
  ) throws(ScenarioError) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var places: [String: SourcePlace] = [:]
    for (key, value) in mapping {
      let place = sourcePlace(key.mark)
      guard case .scalar(let name) = key else {
        throw syntax("a key that is a list or a mapping", place, "keys that are words")
      }
      if let first = places.updateValue(place, forKey: name.string) {
        throw repeatedKey(name.string, at: place, first: first)
      }
      entries.append(
        YAMLNode.Entry(
          key: name.string, keyPlace: place, value: try copy(value, depth: depth + 1)))
    }
    return entries
  }

  private func sourcePlace(_ mark: Mark?) -> SourcePlace {
    SourcePlace(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0)
  }

  private func syntax(
    _ found: String, _ place: SourcePlace, _ allowed: String
  ) -> ScenarioError {
    ScenarioError(code: .syntax, place: place, path: "", found: found, allowed: allowed)
  }

  private func unreadable(_ found: String) -> ScenarioError {
    .unreadable(file: file, found: found)
  }

  private func repeatedKey(
    _ key: String, at place: SourcePlace, first: SourcePlace?
  ) -> ScenarioError {
    let other = first.map { " (also in line \($0.line))" } ?? ""
    return ScenarioError(
      code: .repeatedKey, place: place, path: key.shortened, found: key.shortened,
      allowed: "each key once\(other)")
  }

  private func scenarioError(_ error: any Error) -> ScenarioError {
    let unknownPlace = SourcePlace(file: file)
    let allowed = "one mapping of sections such as 'storage:' and 'load:'"
    guard let error = error as? YamlError else {
      return syntax("\(error)".shortened, unknownPlace, allowed)
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      // The message of libyaml's own limit contains the name of a C function.
      let isNesting = problem.contains("nesting level")
      return syntax(isNesting ? "nested too deeply" : problem, sourcePlace(mark), allowed)
    case .duplicatedKeysInMapping(let keys, let context):
      return repeatedKey(keys.first ?? "", at: sourcePlace(context.mark), first: nil)
    case .reader(let problem, _, _, _):
      return syntax(problem, unknownPlace, "UTF-8 text")
    default:
      return syntax("\(error)".shortened, unknownPlace, allowed)
    }
  }
}

extension ScenarioError {
  /// Returns the error for a file without scenario text.
  static func unreadable(file: String, found: String) -> ScenarioError {
    ScenarioError(
      code: .unreadable, place: SourcePlace(file: file), path: "", found: found,
      allowed: "a YAML text file of at most \(YAMLReader.byteLimit >> 20) MiB")
  }
}
