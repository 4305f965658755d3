import AssayModel
import DequeModule
import Synchronization

/// The actors of this process that want a lock, in the order in which they came.
///
/// Only the first of a line looks into the database; the others are parked. So N waiters cost as
/// many polls as one, and a release in this process reaches the first of them at once.
final class LockLines: Sendable {
  /// A place in the line of one lock.
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

  /// Goes to the end of the line and waits until all before have left it.
  ///
  /// - Throws: `lockTimedOut` at the deadline, `stopped`; the place is given up then.
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

  /// Gives the place up; whoever is first now looks into the database.
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

  /// Tells the first in line that the lock was released.
  func wakeFirst(_ name: String) {
    let token = lines.withLock { $0[ExactString(string: name)]?.first?.token }
    if let token { environment.parking.unpark(token) }
  }
}
