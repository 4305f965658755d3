import AssayModel

extension Contradictions {
  /// Finds an impossible device, or a property of the device that would have no effect.
  mutating func checkDisk() {
    checkLatencies()
    if draft.world == .real { checkRealDisk() }
    checkSyncFiles()
    checkSectors()
    checkClaims()
  }

  private mutating func checkLatencies() {
    let section = draft.settings.disk
    for method in VFSMethod.failing where section.nested[method] != nil {
      refuse(
        section.direct[method] != nil, "disk.latency.\(method.rawValue)",
        "a second latency of \(method.rawValue)",
        "either disk.\(method.rawValue) or disk.latency.\(method.rawValue)")
    }
    refuse(
      storage.isInMemory && !disk.latencies.isEmpty, "disk",
      "latencies with storage.path ':memory:'", "a database in a file, since this one has none")
  }

  /// Only a simulated disk can lose written data.
  private mutating func checkRealDisk() {
    let usual = DiskSettings()
    let properties: [(key: String, isSet: Bool)] = [
      ("sync", disk.sync != usual.sync), ("sync_files", disk.syncFiles != usual.syncFiles),
      ("sector_size", disk.sectorSize != usual.sectorSize),
      ("powersafe_overwrite", disk.powersafeOverwrite != usual.powersafeOverwrite),
      ("claims", disk.claims != usual.claims), ("truncation", disk.truncation != usual.truncation),
      ("directory", disk.directory != usual.directory), ("garbage", disk.garbage != usual.garbage),
    ]
    for property in properties {
      refuse(
        property.isSet, "disk.\(property.key)", "\(property.key) in the real world",
        "disk.\(property.key) with world: simulated, since power loss and crash images exist"
          + " there only")
    }
  }

  private mutating func checkSyncFiles() {
    let lies = [DiskSettings.Sync.ignored, .barrier].map(\.rawValue)
    refuse(
      !disk.syncFiles.isEmpty && disk.sync == .honest && !varies("disk.sync", to: lies),
      "disk.sync_files",
      "sync_files with an honest sync", "sync_files with disk.sync ignored or barrier")
  }

  private mutating func checkSectors() {
    refuse(
      disk.sectorSize == 4_096 && disk.powersafeOverwrite
        && !varies("disk.powersafe_overwrite", to: ["false"]), "disk.sector_size",
      "sector_size 4096 with powersafe_overwrite, where it has no effect",
      "disk.powersafe_overwrite false, or sector_size 512")
  }

  private mutating func checkClaims() {
    refuse(
      disk.claims.contains(.sequential) && disk.directory != .ordered, "disk.directory",
      "directory \(disk.directory.rawValue) with claim sequential, by which names change in order",
      "directory ordered, or no claim sequential")
    refuse(
      disk.claims.contains(.sequential) && disk.garbage, "disk.garbage",
      "garbage with claim sequential, by which an operation is there or not",
      "garbage false, or no claim sequential")
    refuse(
      disk.claims.contains(.atomic) && disk.garbage, "disk.garbage",
      "garbage with claim atomic, by which every write is there or not",
      "garbage false, or no claim atomic")
    for claim in [DiskSettings.Claim.atomic512, .atomic1K, .atomic2K]
    where disk.claims.contains(claim) {
      refuse(
        disk.sectorSize == 4_096, "disk.claims",
        "claim \(claim.rawValue) with sector_size 4096, whose sectors are written as a whole",
        "claims of 4 KiB and more, or sector_size 512")
    }
  }
}
