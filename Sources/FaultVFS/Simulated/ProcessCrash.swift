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

  /// The files after a number of operations.
  ///
  /// - Parameters:
  ///   - position: at least that of the call before.
  ///   - halfDone: whether the first half of the write that stands at `position` is there too.
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
