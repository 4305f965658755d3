import Synchronization

/// A slot for one idle resource, taken and put back with one atomic exchange each.
///
/// An uncontended mutex costs two for each of these; for a connection lent for two microseconds
/// that is several per cent of the total.
final class HotSlot<Resource: Sendable>: @unchecked Sendable {
  // Unchecked because of `resource`: it is accessed only by the thread that changed `state` to
  // `claimed`; all others find it only after a releasing store of another state.

  /// State found by an attempt to take the resource.
  enum Found {
    case taken(Resource)
    case empty
    /// Another thread is putting one in or taking it out at this moment.
    case claimed
  }

  private static var empty: UInt8 { 0 }
  private static var full: UInt8 { 1 }
  private static var claimed: UInt8 { 2 }

  private let state = Atomic<UInt8>(0)
  private var resource: Resource?
  private let takes = Atomic<UInt64>(0)

  /// Number of times a resource was taken.
  var count: UInt64 { takes.load(ordering: .relaxed) }

  /// Takes the resource, if one is there.
  @inline(__always)
  func take() -> Found {
    let (isOurs, found) = state.compareExchange(
      expected: Self.full, desired: Self.claimed, ordering: .sequentiallyConsistent)
    guard isOurs else { return found == Self.claimed ? .claimed : .empty }
    let taken = resource.take()
    // Not an atomic addition: the holder of the claim is the only writer.
    takes.store(takes.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    state.store(Self.empty, ordering: .releasing)
    guard let taken else { preconditionFailure("a full slot holds nothing") }
    return .taken(taken)
  }

  /// Puts a resource in, if the slot is empty and `isAllowed` returns true once the slot is
  /// claimed.
  ///
  /// `isAllowed` is called after the claim, so that a thread that first forbids it and then checks
  /// for a resource either finds the claim or prevents the put.
  @inline(__always)
  func put(_ resource: Resource, isAllowed: () -> Bool) -> Bool {
    let (isOurs, _) = state.compareExchange(
      expected: Self.empty, desired: Self.claimed, ordering: .sequentiallyConsistent)
    guard isOurs else { return false }
    guard isAllowed() else {
      state.store(Self.empty, ordering: .releasing)
      return false
    }
    self.resource = resource
    state.store(Self.full, ordering: .releasing)
    return true
  }
}
