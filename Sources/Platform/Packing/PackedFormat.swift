/// The format of a packed file: a history or record file that is no longer appended to.
///
/// A header of eight words in the byte order of the machine, then the records:
///
/// | word | content |
/// |---|---|
/// | 0 | `magic` and version |
/// | 1 | words in a record; in the second byte the `Prediction` |
/// | 2 | number of records |
/// | 3 | checksum of the bytes behind the header |
/// | 4 to 6 | metadata of a history's writer |
/// | 7 | tag of a record file |
///
/// For each record, a byte tells which of its words differ from their prediction; the differences
/// follow as zigzag numbers in groups of seven bits, the lowest first. The times of an actor's
/// events follow each other within microseconds and most other words repeat, so an event takes
/// about 8 bytes of its 64: less than general compressors achieve (zstd -19 takes a tenth more).
enum PackedFormat {
  /// "PASSAY" above version 1.
  static let magic: UInt64 = 0x5041_5353_4159_0001
  static let headerWords = 8
  static let headerBytes = 64
  /// Maximum number of bytes of a record: the mask, and ten for each word.
  static let mostRecordBytes = 81

  /// Value with which a word is compared.
  enum Prediction: UInt64 {
    /// The same word of the previous record.
    case previous = 0
    /// The same, except for the times of an event: intended time is predicted from the last
    /// completion, call time from the intended time, and completion time from the call time.
    case times = 1
  }

  /// Continues a checksum (FNV-1a, 64 bits).
  static func checksum(_ bytes: UnsafeRawBufferPointer, from start: UInt64) -> UInt64 {
    var sum = start
    for index in 0..<bytes.count {
      sum = unsafe (sum ^ UInt64(bytes[index])) &* 0x100_0000_01b3
    }
    return sum
  }

  static let checksumStart: UInt64 = 0xcbf2_9ce4_8422_2325
}

extension RecordWords {
  /// Predicts the record after `previous`, using the words of `self` known so far, word by word.
  @inline(__always)
  func prediction(
    of word: Int, after previous: RecordWords, _ prediction: PackedFormat.Prediction
  ) -> UInt64 {
    guard prediction == .times else { return previous[word] }
    switch word {
    case 1: return previous.w3
    case 2: return w1
    case 3: return w2
    default: return previous[word]
    }
  }

  /// A word by its number.
  subscript(word: Int) -> UInt64 {
    @inline(__always) get {
      switch word {
      case 0: w0
      case 1: w1
      case 2: w2
      case 3: w3
      case 4: w4
      case 5: w5
      case 6: w6
      default: w7
      }
    }
    @inline(__always) set {
      switch word {
      case 0: w0 = newValue
      case 1: w1 = newValue
      case 2: w2 = newValue
      case 3: w3 = newValue
      case 4: w4 = newValue
      case 5: w5 = newValue
      case 6: w6 = newValue
      default: w7 = newValue
      }
    }
  }
}
