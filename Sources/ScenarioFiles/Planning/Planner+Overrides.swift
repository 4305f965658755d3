import AssayModel

/// Settings from the command line, applied to the tree before it is decoded.
extension Planner {
  /// Keys outside the settings that the command line may override.
  private static let furtherPaths = [
    "world", "repeat", "sweep.limit", "gate.rate", "gate.counts.operations", TimeScale.path,
  ]

  mutating func apply(_ override: Assignment, _ option: String) {
    let place = SourcePlace(file: option)
    let value = YAMLNode(content: .scalar(override.value, isPlain: false), place: place)
    if override.path == TimeScale.path { return scaleTime(override, at: place) }
    guard SettingPaths.byPath[override.path] != nil else {
      return applyFurther(override, value)
    }
    if let values = Self.list(override.value, at: place) {
      return makeAxis(override.path, values, at: place)
    }
    tree = tree.setting(value, at: override.path)
    // `duration` and `operations` exclude each other; the command line decides.
    if override.path == "load.duration" { tree = tree.removing("operations", from: "load") }
    if override.path == "load.operations" { tree = tree.removing("duration", from: "load") }
    guard context.axes[override.path] != nil, declare(override.value, of: override.path) else {
      return
    }
    let single = YAMLNode(content: .sequence([value]), place: place)
    tree = tree.replacing("matrix") { $0.replacing(override.path) { _ in single } }
  }

  /// A key that is no setting.
  private mutating func applyFurther(_ override: Assignment, _ value: YAMLNode) {
    if Self.furtherPaths.contains(override.path) {
      tree = tree.setting(value, at: override.path)
      return
    }
    let entry = YAMLNode.Entry(key: override.path, keyPlace: value.place, value: value)
    context.reportUnknown(
      entry, among: SettingPaths.all.map(\.path) + Self.furtherPaths,
      allowed: "a scalar of storage, locks, load, disk, explore or gate, such as "
        + "storage.busy_timeout; probe, inject, "
        + Self.furtherPaths.filter { !$0.hasPrefix("gate.") }.joined(separator: ", "))
  }

  /// Adds a value to those that conditions may name; returns true if it is a value of the setting.
  private mutating func declare(_ text: String, of path: String) -> Bool {
    guard let canonical = SettingPaths.byPath[path]?.canonical(text) else { return false }
    if context.axes[path]?.contains(where: { $0.canonical == canonical }) != true {
      context.axes[path, default: []].append(
        DecodingContext.AxisValue(text: text, canonical: canonical))
    }
    return true
  }

  // MARK: Lists

  /// Returns the values of `[300ms, 2s]`; `nil` if the text is not a list.
  private static func list(_ text: String, at place: SourcePlace) -> [YAMLNode]? {
    let trimmed = text.drop { $0 == " " }
    guard trimmed.first == "[", let node = try? YAMLReader.read(text, file: place.file) else {
      return nil
    }
    return node.elements?.map { YAMLNode(content: $0.content, place: place) }
  }

  /// A setting with several values is an axis of the matrix, in place of one that it may have.
  private mutating func makeAxis(_ path: String, _ values: [YAMLNode], at place: SourcePlace) {
    let axis = YAMLNode(content: .sequence(values), place: place)
    for value in values {
      if let text = value.text { _ = declare(text, of: path) }
    }
    if path == "load.duration" { tree = tree.removing("operations", from: "load") }
    if path == "load.operations" { tree = tree.removing("duration", from: "load") }
    let empty = YAMLNode(content: .mapping([]), place: place)
    if tree.entry("matrix") == nil { tree = tree.setting(empty, at: "matrix") }
    tree = tree.replacing("matrix") { matrix in
      guard case .mapping(var entries) = matrix.content else { return matrix }
      if let index = entries.firstIndex(where: { $0.key == path }) {
        entries[index] = YAMLNode.Entry(key: path, keyPlace: place, value: axis)
      } else {
        entries.append(YAMLNode.Entry(key: path, keyPlace: place, value: axis))
      }
      return YAMLNode(content: .mapping(entries), place: matrix.place)
    }
  }

  // MARK: Time

  private mutating func scaleTime(_ override: Assignment, at place: SourcePlace) {
    if let factor = TimeScale.factor(override.value) {
      context.timeScale = factor
    } else {
      context.within(TimeScale.path) { context in
        context.report(
          .outOfRange, place, found: "'\(override.value.shortened)'", allowed: TimeScale.allowed)
      }
    }
  }

  /// Refuses to scale durations on an axis: the cell's name would give another duration than it
  /// has.
  mutating func checkTimeScale() {
    guard context.timeScale != 1 else { return }
    for path in ["load.duration", "load.warm_up"] where context.axes[path] != nil {
      context.report(
        ScenarioError(
          code: .contradiction, place: SourcePlace(file: Self.overridePlace),
          path: TimeScale.path, found: "a scale of \(path), which the matrix varies",
          allowed: "one value of \(path), such as --set \(path)=..., or no scale"))
    }
  }
}
