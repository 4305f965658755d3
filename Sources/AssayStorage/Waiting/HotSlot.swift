import Synchronization

/// Room for one idle resource that is taken and put back with one atomic exchange each.
///
/// An uncontended mutex costs two for each of these; with a connection that is lent for two
/// microseconds that is several per cent of everything.
final class HotSlot<Resource: Sendable>: @unchecked Sendable {
  // Unchecked because of `resource`: only who has changed `state` to `claimed` touches it, and
  // everybody else finds it only after a releasing store of another state.

  /// What an attempt to take the resource found.
  enum Found {
    case taken(Resource)
    case empty
    /// Somebody is putting one in or taking it out at this very moment.
    case claimed
  }

  private static var empty: UInt8 { 0 }
  private static var full: UInt8 { 1 }
  private static var claimed: UInt8 { 2 }

  private let state = Atomic<UInt8>(0)
  private var resource: Resource?
  private let takes = Atomic<UInt64>(0)

  /// How often a resource was taken.
  var count: UInt64 { takes.load(ordering: .relaxed) }

  /// Takes the resource, if one is there.
  @inline(__always)
  func take() -> Found {
    let (isOurs, found) = state.compareExchange(
      expected: Self.full, desired: Self.claimed, ordering: .sequentiallyConsistent)
    guard isOurs else { return found == Self.claimed ? .claimed : .empty }
    let taken = resource.take()
    // Not an atomic addition: whoever has the claim is alone.
    takes.store(takes.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    state.store(Self.empty, ordering: .releasing)
    guard let taken else { preconditionFailure("a full slot holds nothing") }
    return .taken(taken)
  }

  /// Puts a resource in, if there is room and, once that is claimed, `isAllowed` says so.
  ///
  /// The question comes after the claim, so that whoever forbids it first and then looks for a
  /// resource either finds the claim or is obeyed.
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
