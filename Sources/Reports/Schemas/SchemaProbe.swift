import AssayModel
import Gate

/// Derives the shape of a document's type by decoding it from an empty source: each key that the
/// type requests is recorded with the requested type.
///
/// So a schema has every field of its document without being written by hand. A type with its own
/// decoding code, such as a string with a grammar, must be registered in `samples`.
public enum SchemaProbe {
  /// Spelling of keys.
  public enum Keys: Sendable {
    /// As in the type.
    case plain
    /// In snake case, as in `result.json`.
    case snake

    fileprivate func name(_ key: String) -> String {
      switch self {
      case .plain: key
      case .snake: ResultKey.snakeCase(key)
      }
    }
  }

  /// Returns the shape in which values of a type are written.
  public static func node<T: Decodable>(of type: T.Type, keys: Keys) -> SchemaNode {
    probe(type, keys).node
  }

  /// Returns a shape, and a value of its type if one could be made.
  fileprivate static func probe<T: Decodable>(
    _ type: T.Type, _ keys: Keys
  ) -> (node: SchemaNode, value: T?) {
    for sample in samples {
      if let value = sample.value as? T { return (sample.node, value) }
    }
    if let collection = type as? any ProbedCollection.Type {
      let (node, value) = collection.probed(keys)
      return (node, value as? T)
    }
    if let cases = type as? any CaseIterable.Type, let found = words(of: cases) {
      return (found.node, found.first as? T)
    }
    let sink = Sink()
    do {
      let value = try T(from: Probe(keys: keys, sink: sink))
      return (sink.node, value)
    } catch {
      guard case .object(var object) = sink.node, !object.members.isEmpty else {
        return (.any, nil)
      }
      object.isComplete = false
      return (.object(object), nil)
    }
  }

  /// Returns the raw values of an enumeration, and its first case.
  private static func words(
    of type: any CaseIterable.Type
  ) -> (node: SchemaNode, first: Any)? {
    func all<C: CaseIterable>(_ type: C.Type) -> [Any] { type.allCases.map { $0 } }
    let cases = all(type)
    guard let first = cases.first else { return nil }
    let raw = cases.compactMap { ($0 as? any RawRepresentable)?.rawValue }
    guard raw.count == cases.count else { return nil }
    let words = raw.compactMap { $0 as? String }
    if words.count == cases.count { return (.words(words), first) }
    let codes = raw.compactMap { ($0 as? any BinaryInteger).map { Int($0) } }
    return codes.count == cases.count ? (.codes(codes), first) : nil
  }

  /// Types with their own decoding code.
  private static let samples: [(node: SchemaNode, value: any Sendable)] = {
    var samples: [(node: SchemaNode, value: any Sendable)] = [
      (.string, Metric.throughput), (.string, ShownFigure.busy),
    ]
    if let rule = try? MetricRule(.throughput) {
      samples.append(
        (
          .object(SchemaObject(["metric": .string, "margin": .number, "effect": .number])), rule
        ))
    }
    return samples
  }()
}

/// Collects the shape that a probe finds.
private final class Sink {
  var node = SchemaNode.any

  /// Adds a member to the object.
  func add(_ key: String, _ node: SchemaNode, isRequired: Bool) {
    guard case .object(var object) = self.node else { return }
    object.members.append(SchemaObject.Member(key: key, node: node, isRequired: isRequired))
    self.node = .object(object)
  }
}

/// Thrown if no value could be made of a type that is not registered.
private struct NoSample: Error {}

// MARK: - Collections

private protocol ProbedCollection {
  static func probed(_ keys: SchemaProbe.Keys) -> (SchemaNode, Any)
}

extension Array: ProbedCollection where Element: Decodable {
  fileprivate static func probed(_ keys: SchemaProbe.Keys) -> (SchemaNode, Any) {
    (.array(SchemaProbe.probe(Element.self, keys).node), Self())
  }
}

extension Set: ProbedCollection where Element: Decodable {
  fileprivate static func probed(_ keys: SchemaProbe.Keys) -> (SchemaNode, Any) {
    (.array(SchemaProbe.probe(Element.self, keys).node), Self())
  }
}

extension Dictionary: ProbedCollection where Key == String, Value: Decodable {
  fileprivate static func probed(_ keys: SchemaProbe.Keys) -> (SchemaNode, Any) {
    (.map(SchemaProbe.probe(Value.self, keys).node), Self())
  }
}

extension Optional: ProbedCollection where Wrapped: Decodable {
  fileprivate static func probed(_ keys: SchemaProbe.Keys) -> (SchemaNode, Any) {
    (.nullable(SchemaProbe.probe(Wrapped.self, keys).node), Self.none as Any)
  }
}

// MARK: - The decoder

private struct Probe: Decoder {
  let keys: SchemaProbe.Keys
  let sink: Sink
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    if case .object = sink.node {} else { sink.node = .object(SchemaObject()) }
    return KeyedDecodingContainer(KeyedProbe<Key>(keys: keys, sink: sink))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoSample() }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleProbe(keys: keys, sink: sink)
  }
}

/// Placeholder values: strings that parse as numbers if a type needs that.
private enum Dummy {
  static let text = "0"
}

private struct SingleProbe: SingleValueDecodingContainer {
  let keys: SchemaProbe.Keys
  let sink: Sink
  var codingPath: [any CodingKey] { [] }

  private func note<T>(_ node: SchemaNode, _ value: T) -> T {
    sink.node = node
    return value
  }

  func decodeNil() -> Bool { false }
  func decode(_: Bool.Type) -> Bool { note(.boolean, false) }
  func decode(_: String.Type) -> String { note(.string, Dummy.text) }
  func decode(_: Double.Type) -> Double { note(.number, 0) }
  func decode(_: Float.Type) -> Float { note(.number, 0) }
  func decode(_: Int.Type) -> Int { note(.integer, 0) }
  func decode(_: Int8.Type) -> Int8 { note(.integer, 0) }
  func decode(_: Int16.Type) -> Int16 { note(.integer, 0) }
  func decode(_: Int32.Type) -> Int32 { note(.integer, 0) }
  func decode(_: Int64.Type) -> Int64 { note(.integer, 0) }
  func decode(_: UInt.Type) -> UInt { note(.integer, 0) }
  func decode(_: UInt8.Type) -> UInt8 { note(.integer, 0) }
  func decode(_: UInt16.Type) -> UInt16 { note(.integer, 0) }
  func decode(_: UInt32.Type) -> UInt32 { note(.integer, 0) }
  func decode(_: UInt64.Type) -> UInt64 { note(.integer, 0) }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let found = SchemaProbe.probe(type, keys)
    sink.node = found.node
    guard let value = found.value else { throw NoSample() }
    return value
  }
}

private struct KeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let keys: SchemaProbe.Keys
  let sink: Sink
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) -> Bool { false }

  private func need<T>(_ key: Key, _ node: SchemaNode, _ value: T) -> T {
    sink.add(keys.name(key.stringValue), node, isRequired: true)
    return value
  }

  private func mayHave<T>(_ key: Key, _ node: SchemaNode) -> T? {
    sink.add(keys.name(key.stringValue), node, isRequired: false)
    return nil
  }

  func decode(_: Bool.Type, forKey key: Key) -> Bool { need(key, .boolean, false) }
  func decode(_: String.Type, forKey key: Key) -> String { need(key, .string, Dummy.text) }
  func decode(_: Double.Type, forKey key: Key) -> Double { need(key, .number, 0) }
  func decode(_: Float.Type, forKey key: Key) -> Float { need(key, .number, 0) }
  func decode(_: Int.Type, forKey key: Key) -> Int { need(key, .integer, 0) }
  func decode(_: Int8.Type, forKey key: Key) -> Int8 { need(key, .integer, 0) }
  func decode(_: Int16.Type, forKey key: Key) -> Int16 { need(key, .integer, 0) }
  func decode(_: Int32.Type, forKey key: Key) -> Int32 { need(key, .integer, 0) }
  func decode(_: Int64.Type, forKey key: Key) -> Int64 { need(key, .integer, 0) }
  func decode(_: UInt.Type, forKey key: Key) -> UInt { need(key, .integer, 0) }
  func decode(_: UInt8.Type, forKey key: Key) -> UInt8 { need(key, .integer, 0) }
  func decode(_: UInt16.Type, forKey key: Key) -> UInt16 { need(key, .integer, 0) }
  func decode(_: UInt32.Type, forKey key: Key) -> UInt32 { need(key, .integer, 0) }
  func decode(_: UInt64.Type, forKey key: Key) -> UInt64 { need(key, .integer, 0) }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let found = SchemaProbe.probe(type, keys)
    sink.add(keys.name(key.stringValue), found.node, isRequired: true)
    guard let value = found.value else { throw NoSample() }
    return value
  }

  func decodeIfPresent(_: Bool.Type, forKey key: Key) -> Bool? { mayHave(key, .boolean) }
  func decodeIfPresent(_: String.Type, forKey key: Key) -> String? { mayHave(key, .string) }
  func decodeIfPresent(_: Double.Type, forKey key: Key) -> Double? { mayHave(key, .number) }
  func decodeIfPresent(_: Float.Type, forKey key: Key) -> Float? { mayHave(key, .number) }
  func decodeIfPresent(_: Int.Type, forKey key: Key) -> Int? { mayHave(key, .integer) }
  func decodeIfPresent(_: Int8.Type, forKey key: Key) -> Int8? { mayHave(key, .integer) }
  func decodeIfPresent(_: Int16.Type, forKey key: Key) -> Int16? { mayHave(key, .integer) }
  func decodeIfPresent(_: Int32.Type, forKey key: Key) -> Int32? { mayHave(key, .integer) }
  func decodeIfPresent(_: Int64.Type, forKey key: Key) -> Int64? { mayHave(key, .integer) }
  func decodeIfPresent(_: UInt.Type, forKey key: Key) -> UInt? { mayHave(key, .integer) }
  func decodeIfPresent(_: UInt8.Type, forKey key: Key) -> UInt8? { mayHave(key, .integer) }
  func decodeIfPresent(_: UInt16.Type, forKey key: Key) -> UInt16? { mayHave(key, .integer) }
  func decodeIfPresent(_: UInt32.Type, forKey key: Key) -> UInt32? { mayHave(key, .integer) }
  func decodeIfPresent(_: UInt64.Type, forKey key: Key) -> UInt64? { mayHave(key, .integer) }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) -> T? {
    mayHave(key, SchemaProbe.probe(type, keys).node)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw NoSample() }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw NoSample()
  }

  func superDecoder() throws -> any Decoder { throw NoSample() }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw NoSample() }
}
