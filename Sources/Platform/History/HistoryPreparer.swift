import AssayModel
import Synchronization

/// Creates the next segments of histories on a separate thread, so that no actor pays for a page
/// fault or the creation of a file while it is being timed.
///
/// One preparer serves all writers of a process. Its thread ends when the last reference is
/// dropped.
public final class HistoryPreparer: Sendable {
  private let queue = PreparationQueue()
  private let thread: SystemThread

  /// Starts the thread.
  public init() throws(PlatformError) {
    let queue = self.queue
    thread = try SystemThread.start(name: "history", stackSize: 256 << 10) { queue.run() }
  }

  deinit {
    queue.add(.end)
    thread.join()
  }

  /// Schedules the creation of a segment.
  func prepare(_ segment: PendingSegment) { queue.add(.make(segment)) }

  /// Schedules the unmapping of a full segment.
  func retire(_ segment: MappedFile) { queue.add(.drop(segment)) }
}

/// A segment that will be needed later. It is created by the preparer or, if it cannot wait, by the
/// writer, whichever comes first.
final class PendingSegment: Sendable {
  private enum State {
    case wanted
    case made(MappedFile)
    case failed(PlatformError)
    case over
  }

  let header: SegmentHeader
  private let path: String
  private let byteCount: Int
  private let state: Mutex<State>

  init(path: String, byteCount: Int, header: SegmentHeader) {
    self.path = path
    self.byteCount = byteCount
    self.header = header
    state = Mutex(.wanted)
  }

  /// Creates the segment unless that has been done; a failure is reported by `take`.
  func prepare() {
    state.withLock { state in
      guard case .wanted = state else { return }
      do throws(PlatformError) {
        let file = try MappedFile(creating: path, byteCount: byteCount, populated: true)
        header.write(to: file)
        state = .made(file)
      } catch {
        state = .failed(error)
      }
    }
  }

  /// Hands over the segment, once.
  func take() throws(PlatformError) -> MappedFile {
    prepare()
    let taken = state.withLock { state in
      let taken = state
      state = .over
      return taken
    }
    switch taken {
    case .made(let file): return file
    case .failed(let error): throw error
    case .wanted, .over: preconditionFailure("segment \(path) was taken twice")
    }
  }

  /// Abandons the segment and removes its file if it was created.
  func abandon() {
    let abandoned = state.withLock { state in
      let abandoned = state
      state = .over
      return abandoned
    }
    if case .made(let file) = abandoned { try? Folder.remove(file.path) }
  }
}

/// Pending jobs of the preparer's thread.
private final class PreparationQueue: Sendable {
  enum Job {
    case make(PendingSegment)
    /// Dropping the last reference unmaps the file.
    case drop(MappedFile)
    case end
  }

  private struct State {
    var jobs: [Job] = []
    var token: ParkingToken?
  }

  private let state = Mutex(State())
  private let parking = SystemParking()

  func add(_ job: Job) {
    let token = state.withLock { state in
      state.jobs.append(job)
      return state.token
    }
    if let token { parking.unpark(token) }
  }

  func run() {
    let token = parking.currentToken()
    while true {
      let jobs = state.withLock { state in
        state.token = token
        let jobs = state.jobs
        state.jobs.removeAll()
        return jobs
      }
      for job in jobs {
        switch job {
        case .make(let segment): segment.prepare()
        case .drop: break
        case .end: return
        }
      }
      // SystemParking never throws; a wake-up between the check and the park is remembered.
      if jobs.isEmpty { try? parking.park(until: nil) }
    }
  }
}

/// Header of a segment at its creation.
struct SegmentHeader {
  var index: Int
  var base: UInt64
  var metadata: HistoryMetadata

  func write(to file: MappedFile) {
    file.store(UInt64(index), at: HistoryFormat.indexWord)
    file.store(base, at: HistoryFormat.baseWord)
    file.store(metadata.first, at: HistoryFormat.metadataWord)
    file.store(metadata.second, at: HistoryFormat.metadataWord + 1)
    file.store(metadata.third, at: HistoryFormat.metadataWord + 2)
    file.storeReleasing(HistoryFormat.magic, at: 0)
  }
}
