import AssayModel

/// Numbers that name each write of a run, so that a value found later says which write it was.
enum Nonce {
  /// The nonce of what the set-up wrote under a key: small, and never 0.
  static func initial(key: Int) -> UInt64 { InitialContent.nonce(ofKey: UInt64(key)) }

  /// The nonce of an actor's write; the top bit keeps it apart from the initial ones.
  ///
  /// - Parameter sequence: number of the write among the actor's, from 0.
  static func write(_ actor: ActorID, sequence: UInt32) -> UInt64 {
    1 << 63 | TransferID(actor: actor, number: sequence).rawValue
  }
}
