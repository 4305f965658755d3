import AssayModel
import FaultVFS

/// The one fault of one run of a sweep: what fails, from which call on, and for how long.
struct SweepFault: Codable, Hashable, Sendable {
  /// What fails.
  enum Target: Codable, Hashable, Sendable {
    /// A call of the file system layer; `file` is `nil` for any.
    case call(effect: CallFault.Effect, method: VFSMethod, file: FileKind?)
    /// An allocation of SQLite.
    case allocation
  }

  /// One row of a sweep: everything but which call is hit.
  struct Line: Codable, Hashable, Sendable {
    /// What fails.
    var target: Target
    /// Whether every later call fails as well, until the fault is cleared.
    var isLasting: Bool
  }

  /// Which program runs, from 0: the cell's seed gives each of them.
  var program: Int
  /// What fails and for how long.
  var line: Line
  /// The number of the matching call that is hit first, from 1.
  var call: Int
}

extension SweepFault: CustomStringConvertible {
  /// For people, such as `write of the wal, call 17, for ever (disk_full)`.
  var description: String {
    let length = line.isLasting ? "permanently" : "once"
    return "\(line.target), call \(call), \(length)"
      + (program > 0 ? ", program \(program)" : "")
  }
}

extension SweepFault.Target: CustomStringConvertible {
  /// For people.
  var description: String {
    switch self {
    case .allocation: return "allocation"
    case .call(let effect, let method, let file):
      let place = file.map { " of the \($0.rawValue)" } ?? ""
      let how = effect == .ioError ? "" : " (\(effect.rawValue))"
      return "\(method.rawValue)\(place)\(how)"
    }
  }

  /// The name under which its faults are counted.
  var countName: String {
    switch self {
    case .allocation: "allocation"
    case .call(let effect, let method, _):
      effect == .ioError ? method.rawValue : effect.rawValue
    }
  }
}

extension SweepFault.Line {
  /// The rows of a cell's sweep, in the order in which their findings are reported.
  ///
  /// Some effects ask more of SQLite than it promises, and are left out:
  /// - A short read of the database or of a journal is the end of the file to SQLite, by the
  ///   contract of `xRead`; only frames of the WAL are known to be there.
  /// - A sync that fails *and loses what it should have made durable* takes acknowledged commits
  ///   away wherever a commit does not sync: it is tried under `synchronous` FULL and EXTRA only.
  static func all(of cell: PlannedCell) -> [SweepFault.Line] {
    switch cell.explore?.sweep {
    case nil: return []
    case .memory: return both([.allocation])
    case .ioErrors: break
    }
    var targets: [SweepFault.Target] = []
    for method in VFSMethod.failing {
      for file in files(of: method) {
        targets.append(.call(effect: .ioError, method: method, file: file))
      }
    }
    targets.append(.call(effect: .shortRead, method: .read, file: .wal))
    for file in FileKind.allCases {
      targets.append(.call(effect: .diskFull, method: .write, file: file))
    }
    if [.full, .extra].contains(cell.storage.synchronous) {
      for file in FileKind.allCases {
        targets.append(.call(effect: .fsyncError, method: .sync, file: file))
      }
    }
    return both(targets)
  }

  private static func both(_ targets: [SweepFault.Target]) -> [SweepFault.Line] {
    targets.flatMap { target in
      [false, true].map { SweepFault.Line(target: target, isLasting: $0) }
    }
  }

  /// The kinds of file that a method's calls are told apart by.
  private static func files(of method: VFSMethod) -> [FileKind?] {
    switch method {
    // Their file need not be there, and then it is of no kind.
    case .delete, .access: [nil]
    case .lock, .unlock, .sharedMemoryLock, .sharedMemoryMap: [.database]
    default: FileKind.allCases
    }
  }
}
