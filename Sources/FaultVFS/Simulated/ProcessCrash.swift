import AssayModel

/// State of a simulated disk after a process crash: every write survives.
///
/// Walks along the log, so positions must be requested in ascending order.
public final class ProcessCrash {
  private let source: SimulatedDisk
  private let builder: CrashImageBuilder

  /// - Parameter source: a disk that has logged; it must not log further while this is in use.
  public init(of source: SimulatedDisk) {
    self.source = source
    builder = CrashImageBuilder(source, settings: source.settings)
  }

  /// Returns the files after a number of operations.
  ///
  /// - Parameters:
  ///   - position: at least the position of the previous call.
  ///   - halfDone: true if the first half of the write at `position` is included.
  public func files(at position: Int, halfDone: Bool = false) -> DiskState {
    precondition(builder.position <= position, "position \(position) was passed")
    while builder.position < position, builder.advance() {}
    precondition(builder.position == position, "the log has no position \(position)")
    _ = builder.make(builder.completeChoice)
    var state = DiskState(of: builder.disk)
    builder.reset()
    if halfDone, position < source.log.position, source.log.operations[position].kind == .write {
      let operation = source.log.operations[position]
      let bytes = source.log.content(of: operation)
      if let index = state.files.lastIndex(where: { $0.kind == operation.file }) {
        state.files[index].content.write(
          bytes.prefix(bytes.count / 2), at: Int(operation.offset))
      }
    }
    return state
  }
}
