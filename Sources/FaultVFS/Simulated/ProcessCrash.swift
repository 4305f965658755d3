import AssayModel

/// What a crash of the process leaves of a simulated disk: everything that was written.
///
/// Walks along the log, so positions are asked for in ascending order.
public final class ProcessCrash {
  private let source: SimulatedDisk
  private let builder: CrashImageBuilder

  /// - Parameter source: a disk that has logged; it must not log on while this is used.
  public init(of source: SimulatedDisk) {
    self.source = source
    builder = CrashImageBuilder(source, settings: source.settings)
  }

  /// The files after a number of operations, by path.
  ///
  /// - Parameters:
  ///   - position: at least that of the call before.
  ///   - halfDone: whether the first half of the write that stands at `position` is there too.
  public func files(at position: Int, halfDone: Bool = false) -> [String: [UInt8]] {
    precondition(builder.position <= position, "position \(position) was passed")
    while builder.position < position, builder.advance() {}
    precondition(builder.position == position, "the log has no position \(position)")
    _ = builder.make(builder.completeChoice)
    let state = DiskState(of: builder.disk)
    builder.reset()
    var files = Dictionary(
      state.files.map { ($0.path, $0.content) }, uniquingKeysWith: { first, _ in first })
    if halfDone, position < source.log.position {
      let operation = source.log.operations[position]
      let bytes = source.log.content(of: operation)
      if let path = state.files.last(where: { $0.kind == operation.file })?.path {
        files[path]?.write(bytes.prefix(bytes.count / 2), at: Int(operation.offset))
      }
    }
    return files
  }
}
