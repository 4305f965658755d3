import AssayModel

/// Where a process is killed: at a call of a run, which the same program makes on every disk.
struct KillPoint: Hashable, Codable, Sendable {
  /// Number of the call in the run.
  var call: Int
  /// Before it, in the middle of it, or after it.
  var moment: FaultSpecification.Moment
}

extension KillPoint {
  /// Methods that change files.
  private static let changing: Set<VFSMethod> = [.open, .delete, .write, .truncate, .sync]

  /// Further ones at which the layer over real files can kill; not the shared memory's, where a
  /// lock that is given back passes it by.
  private static let others: Set<VFSMethod> = [.close, .access, .read, .lock, .unlock, .fileSize]

  /// Chooses places spread over a run.
  ///
  /// Every method that changes files has its turn on every kind of file, writes three times:
  /// before, in the middle and after; all other methods together have two turns.
  /// - Parameter calls: of the run on real files, which knows the kind of every name.
  static func choose(_ count: Int, of calls: [AnnouncedCall], seed: Seed) -> [KillPoint] {
    var generator = SeededGenerator(seed.derived("kills"))
    var queues = queues(calls)
    var points: [KillPoint] = []
    while points.count < count, queues.contains(where: { !$0.isEmpty }) {
      for index in queues.indices {
        guard let first = queues[index].first else { continue }
        let method = calls[first].method
        for moment in moments(method, &generator)
        where points.count < count && !queues[index].isEmpty {
          let call = queues[index].remove(at: generator.below(queues[index].count))
          points.append(KillPoint(call: call, moment: moment))
        }
      }
    }
    return points
  }

  /// The calls that have their turns together: the others first, then by method and kind of file.
  private static func queues(_ calls: [AnnouncedCall]) -> [[Int]] {
    var groups: [String: [Int]] = [:]
    for (index, call) in calls.enumerated() {
      guard let file = call.file, file != .temporary else { continue }
      if changing.contains(call.method) {
        groups["\(call.method.rawValue) \(file.rawValue)", default: []].append(index)
      } else if others.contains(call.method) {
        groups["", default: []].append(index)
      }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The moments of the next turn.
  private static func moments(
    _ method: VFSMethod, _ generator: inout SeededGenerator
  ) -> [FaultSpecification.Moment] {
    if method == .write { return [.middle, .before, .after] }
    let either: [FaultSpecification.Moment] = generator.below(2) == 0 ? [.before] : [.after]
    return changing.contains(method) ? either : [.before, .after]
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
