/// Identifies one transfer of the ledger: the actor that requested it, and its number among the
/// actor's transfers.
///
/// One word: 10 bits process, 10 bits incarnation, 12 bits actor, 32 bits number. The numbers of an
/// actor are dense, so that a checker can keep one bit per transfer.
public struct TransferID: Hashable, Sendable {
  /// Largest number of a process or an incarnation.
  public static let largestProcess = 0x3ff
  /// Largest number of an actor within its process.
  public static let largestActor = 0xfff

  /// The word stored in rows and events.
  public var rawValue: UInt64

  /// Reads the word of a row or an event; every word is a valid identifier.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Identifies transfer `number` of an actor.
  ///
  /// - Parameter number: counted from 0, one for each operation; retries keep it.
  /// - Precondition: process and incarnation are at most 1,023, the actor at most 4,095.
  public init(actor: ActorID, number: UInt32) {
    precondition(Int(actor.process) <= Self.largestProcess, "process \(actor.process) above 1,023")
    precondition(
      Int(actor.incarnation) <= Self.largestProcess, "incarnation \(actor.incarnation) above 1,023")
    precondition(Int(actor.actor) <= Self.largestActor, "actor \(actor.actor) above 4,095")
    let high = UInt64(actor.process) << 22 | UInt64(actor.incarnation) << 12 | UInt64(actor.actor)
    rawValue = high << 32 | UInt64(number)
  }

  /// Actor that requested the transfer.
  public var actor: ActorID {
    ActorID(
      process: Int(rawValue >> 54), incarnation: Int(rawValue >> 44 & 0x3ff),
      actor: Int(rawValue >> 32 & 0xfff))
  }

  /// Its number among the actor's transfers, from 0.
  public var number: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
}

extension TransferID: CustomStringConvertible {
  /// Readable form: `p1.0/a2#17` is transfer 17 of actor 2 of the first incarnation of process 1.
  public var description: String { "\(actor)#\(number)" }
}

/// Initial database content of the built-in workloads, shared by the code that writes it and the
/// checkers.
public enum InitialContent {
  /// Balance of each account of the ledger.
  public static let balance: Int64 = 1_000

  /// Returns the nonce that a key holds before the run: its number plus one, since 0 means absence.
  ///
  /// Stores must draw nonces above the number of keys.
  public static func nonce(ofKey key: UInt64) -> UInt64 { key + 1 }
}
