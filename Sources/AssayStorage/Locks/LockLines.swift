import AssayModel
import DequeModule
import Synchronization

/// Queues of the actors of this process that want a lock, in order of arrival.
///
/// Only the first in each queue polls the database; the others are parked. So N waiters cost as
/// many polls as one, and a release in this process reaches the first of them immediately.
final class LockLines: Sendable {
  /// A place in the queue of one lock.
  final class Place: Sendable {
    let name: ExactString
    let token: ParkingToken

    init(name: ExactString, token: ParkingToken) {
      self.name = name
      self.token = token
    }
  }

  private let environment: StorageEnvironment
  private let lines = Mutex<[ExactString: Deque<Place>]>([:])

  init(_ environment: StorageEnvironment) {
    self.environment = environment
  }

  /// Joins the end of the queue and waits until all earlier actors have left it.
  ///
  /// - Throws: `lockTimedOut` at the deadline, `stopped`; the place is then given up.
  func enter(_ name: String, deadline: MonotonicTime?) throws(StorageError) -> Place {
    let place = Place(name: ExactString(string: name), token: environment.parking.currentToken())
    lines.withLock { $0[place.name, default: []].append(place) }
    while !lines.withLock({ $0[place.name]?.first === place }) {
      do {
        try environment.parking.park(until: deadline)
      } catch {
        leave(place)
        throw .stopped
      }
      if let deadline, environment.time.monotonicNow() >= deadline {
        leave(place)
        throw .lockTimedOut(name)
      }
    }
    return place
  }

  /// Gives up the place; the next actor in the queue now polls the database.
  func leave(_ place: Place) {
    let token: ParkingToken? = lines.withLock { lines in
      lines[place.name]?.removeAll { $0 === place }
      guard let first = lines[place.name]?.first else {
        lines[place.name] = nil
        return nil
      }
      return first.token
    }
    if let token { environment.parking.unpark(token) }
  }

  /// Notifies the first in the queue that the lock was released.
  func wakeFirst(_ name: String) {
    let token = lines.withLock { $0[ExactString(string: name)]?.first?.token }
    if let token { environment.parking.unpark(token) }
  }
}
