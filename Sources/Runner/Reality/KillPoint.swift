import AssayModel

/// Where a process is killed: at a call of a run, which the same program makes on every disk.
struct KillPoint: Hashable, Codable, Sendable {
  /// Number of the call in the run.
  var call: Int
  /// Before it, in the middle of it, or after it.
  var moment: FaultSpecification.Moment
}

extension KillPoint {
  /// Methods at which the layer over real files can kill; not the shared memory's, where a lock
  /// that is given back passes it by.
  private static let methods: Set<VFSMethod> = [
    .open, .close, .delete, .access, .read, .write, .truncate, .sync, .lock, .unlock, .fileSize,
  ]

  /// Methods that change files: more of them are chosen.
  private static let changing: Set<VFSMethod> = [.open, .delete, .write, .truncate, .sync]

  /// Chooses places spread over a run: every method on every kind of file in its turn.
  ///
  /// - Parameter calls: of the run on real files, which knows the kind of every name.
  static func choose(_ count: Int, of calls: [AnnouncedCall], seed: Seed) -> [KillPoint] {
    var generator = SeededGenerator(seed.derived("kills"))
    var groups: [String: [Int]] = [:]
    for (index, call) in calls.enumerated() where methods.contains(call.method) {
      guard let file = call.file, file != .temporary else { continue }
      groups["\(call.method.rawValue) \(file.rawValue)", default: []].append(index)
    }
    var queues = groups.sorted { $0.key < $1.key }.map(\.value)
    var points: [KillPoint] = []
    var round = 0
    while points.count < count, queues.contains(where: { !$0.isEmpty }) {
      for queue in queues.indices where points.count < count && !queues[queue].isEmpty {
        let first = calls[queues[queue][0]].method
        // Others change nothing: one in four rounds shows that.
        guard changing.contains(first) || round % 4 == 0 else { continue }
        let call = queues[queue].remove(at: generator.below(queues[queue].count))
        points.append(KillPoint(call: call, moment: moment(of: first, round: round)))
      }
      round += 1
    }
    return points
  }

  private static func moment(
    of method: VFSMethod, round: Int
  ) -> FaultSpecification.Moment {
    if method == .write { return [.middle, .before, .after][round % 3] }
    return [.after, .before][round % 2]
  }

  /// The fault of the layer over real files that kills here.
  ///
  /// - Parameter calls: of the run on real files.
  func fault(among calls: [AnnouncedCall]) -> FaultSpecification {
    let call = calls[call]
    let number = calls[...self.call].count { $0.method == call.method && $0.file == call.file }
    var fault = FaultSpecification(kind: .kill, target: .all, trigger: .operation(number))
    fault.method = call.method
    fault.file = call.file
    fault.moment = moment
    return fault
  }
}
