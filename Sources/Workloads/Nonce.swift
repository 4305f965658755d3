import AssayModel

/// Numbers that identify each write of a run, so that a value found later names its write.
enum Nonce {
  /// Returns the nonce that the set-up wrote under a key: small, and never 0.
  static func initial(key: Int) -> UInt64 { InitialContent.nonce(ofKey: UInt64(key)) }

  /// Returns the nonce of an actor's write; the top bit keeps it apart from the initial ones.
  ///
  /// - Parameter sequence: number of the write among the actor's, from 0.
  static func write(_ actor: ActorID, sequence: UInt32) -> UInt64 {
    1 << 63 | TransferID(actor: actor, number: sequence).rawValue
  }
}
