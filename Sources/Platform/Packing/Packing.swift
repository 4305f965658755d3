import Glibc

/// Packs files that are no longer appended to: histories already judged, and files of records.
///
/// A history `<base>.0000`, `<base>.0001`, ... becomes `<base>.packed`; a file of records keeps its
/// name. The readers of the unpacked forms read both. A file that cannot be packed stays as it is.
public enum Packing {
  /// File name suffix of a packed history.
  static let ending = ".packed"

  /// Packs every history and every file of records in a folder.
  ///
  /// - Parameter folder: no writer may be active in it.
  /// - Throws: the first failure; other files are either packed or unchanged.
  public static func pack(folder: String) throws(PlatformError) {
    let first = ".0000"
    var failure: PlatformError?
    for name in try Folder.list(folder) {
      do throws(PlatformError) {
        if name.hasSuffix(first) {
          try pack(history: "\(folder)/\(name.dropLast(first.count))")
        } else if name.hasSuffix(".rows") {
          try pack(records: "\(folder)/\(name)")
        }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  /// Packs a history.
  ///
  /// A history whose writer never finished the first header is empty and stays as it is.
  ///
  /// - Parameter path: as given to `HistoryWriter`; its writer has ended.
  public static func pack(history path: String) throws(PlatformError) {
    guard !ByteFile.exists(path + ending) else { return try removeSegments(of: path) }
    let reader = try HistoryReader(path: path)
    guard let metadata = reader.metadata else { return }
    try replace(path + ending, words: 8, .times, metadata: metadata) {
      () throws(PlatformError) in try reader.next()
    }
    try removeSegments(of: path)
  }

  /// Packs a file of records in place.
  ///
  /// - Parameter path: path of a closed file; a file already packed is left unchanged.
  public static func pack(records path: String) throws(PlatformError) {
    guard !PackedReader.isPacked(path) else { return }
    let reader = try BufferedRecordReader(path: path, anyTag: ())
    try replace(path, words: reader.wordsPerRecord, .previous, tag: reader.tag) {
      () throws(PlatformError) in try reader.next()
    }
  }

  /// Writes to a temporary file and renames it, so that a reader finds one form or the other,
  /// whole.
  private static func replace(
    _ path: String, words: Int, _ prediction: PackedFormat.Prediction,
    metadata: HistoryMetadata = HistoryMetadata(), tag: UInt64 = 0,
    next: () throws(PlatformError) -> RecordWords?
  ) throws(PlatformError) {
    let aside = path + ".part"
    try Folder.remove(aside)
    do throws(PlatformError) {
      let writer = try PackedWriter(path: aside, wordsPerRecord: words, prediction: prediction)
      while let record = try next() { try writer.append(record) }
      try writer.close(metadata: metadata, tag: tag)
      guard unsafe rename(aside, path) == 0 else {
        throw PlatformError(operation: "rename", errorNumber: errno, path: path)
      }
    } catch {
      unsafe unlink(aside)
      throw error
    }
  }

  private static func removeSegments(of path: String) throws(PlatformError) {
    var index = 0
    while ByteFile.exists(HistoryFormat.path(path, segment: index)) {
      try Folder.remove(HistoryFormat.path(path, segment: index))
      index += 1
    }
  }
}
