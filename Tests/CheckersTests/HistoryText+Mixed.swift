import AssayModel

/// The notation of workload `mixed`; the cell has two writers in each process.
extension HistoryText {
  /// `p0a0#3`, or `0` for no write.
  private static func nonce(_ text: String, of actor: ActorID? = nil) -> UInt64 {
    if text == "0" { return 0 }
    let parts = text.split(separator: "#", omittingEmptySubsequences: false)
    let writer = actor ?? Self.actor(String(parts[0]))
    return TransferID(actor: writer, number: UInt32(parts[1]) ?? 0).rawValue
  }

  private static func owner(_ actor: ActorID) -> UInt64 {
    UInt64(actor.process) * 2 + UInt64(actor.actor)
  }

  mutating func addMixedRow(_ kind: String, _ reader: inout WordReader) {
    switch kind {
    case "own":
      let owner = Self.owner(Self.actor(reader.next()))
      let parts = reader.next().split(separator: "=").map(String.init)
      content.append(
        ContentRow(
          .ownRow, subject: owner << 32 | (UInt64(parts[0]) ?? 0), value: Self.nonce(parts[1])))
    case "count":
      let owner = Self.owner(Self.actor(reader.next()))
      let count = UInt64(reader.number())
      content.append(
        ContentRow(.ownCount, subject: owner, value: count, extra: Self.nonce(reader.next())))
    case "total":
      content.append(ContentRow(.sharedCounter, subject: 0, value: UInt64(reader.number())))
    default:
      content.append(ContentRow(.logRow, subject: Self.nonce(reader.next()), value: 0))
    }
  }

  static func mixedOperation(
    _ name: String, _ actor: ActorID, _ reader: inout WordReader
  ) -> WorkloadOperation {
    switch name {
    case "own":
      let slot = UInt64(reader.number())
      return WorkloadOperation(
        .updateOwn, subject: slot, value: nonce(reader.next(), of: actor))
    case "increment":
      return WorkloadOperation(.increment, value: nonce(reader.next(), of: actor))
    case "several":
      let nonce = nonce(reader.next(), of: actor)
      var slots = reader.next().split(separator: ",").map { UInt64($0) ?? 0 }
      let count = UInt64(slots.count)
      slots += [0, 0]
      let flag: UInt64 = reader.take("log") ? 1 << 8 : 0
      return WorkloadOperation(
        .several, subject: slots[0] << 32 | slots[1], value: nonce,
        extra: slots[2] << 32 | flag | count)
    default:
      let owner = Self.owner(Self.actor(reader.next()))
      let slot = UInt64(reader.number())
      return WorkloadOperation(
        .readMixed, subject: owner << 32 | slot, value: nonce(reader.next()),
        extra: UInt64(reader.number(after: "counter")),
        detail: UInt64(reader.number(after: "sum")))
    }
  }
}
