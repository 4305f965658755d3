import AssayModel
import Synchronization

/// The counters of one open file, or of the calls that concern no open file.
///
/// A file has one writer at a time, the thread that uses its connection, so counting is a plain
/// load, add and store of relaxed atomics: no locked instruction, and a reader on another thread
/// sees each counter whole, if slightly stale.
///
/// Safe because `words` holds `wordCount` initialised values from `init` to `free`, which the
/// owner calls once, and every index is below `wordCount`.
@safe
struct RealCounterBlock: @unchecked Sendable {
  // Unchecked because of the pointer, behind which every value is an atomic.

  /// Number of figures per method.
  static let figures = 3
  /// Calls, bytes and nanoseconds of each method; then nanoseconds of the measured time by purpose;
  /// last, the end of the farthest write.
  static let wordCount = reachIndex + 1
  /// Index of the end of the farthest write: the only word that is a maximum rather than a sum.
  static let reachIndex = VFSMethod.slotCount * figures + VFSCounts.Purpose.allCases.count

  private let words: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    unsafe words = .allocate(capacity: Self.wordCount)
    for index in 0..<Self.wordCount { unsafe (words + index).initialize(to: Atomic(0)) }
  }

  func free() {
    unsafe words.deinitialize(count: Self.wordCount)
    unsafe words.deallocate()
  }

  /// Counts a call on the thread that uses the file.
  @inline(__always)
  func count(_ method: VFSMethod, bytes: Int = 0) {
    add(method.slot * Self.figures, 1)
    if bytes > 0 { add(method.slot * Self.figures + 1, UInt64(truncatingIfNeeded: bytes)) }
  }

  /// Adds the time of a call on the thread that uses the file.
  @inline(__always)
  func addTime(_ method: VFSMethod, nanoseconds: UInt64, measured: UInt64) {
    add(method.slot * Self.figures + 2, nanoseconds)
    if measured > 0 { add(Self.purposeIndex(method), measured) }
  }

  /// Records the end of a write on the thread that uses the file.
  @inline(__always)
  func reach(_ end: Int64) {
    let end = UInt64(max(0, end))
    let known = unsafe words[Self.reachIndex].load(ordering: .relaxed)
    guard end > known else { return }
    unsafe words[Self.reachIndex].store(end, ordering: .relaxed)
  }

  @inline(__always)
  private func add(_ index: Int, _ amount: UInt64) {
    let old = unsafe words[index].load(ordering: .relaxed)
    unsafe words[index].store(old &+ amount, ordering: .relaxed)
  }

  /// Counts a call that several threads may make at the same time.
  func countShared(_ method: VFSMethod, nanoseconds: UInt64, measured: UInt64) {
    addShared(method.slot * Self.figures, 1)
    guard nanoseconds > 0 else { return }
    addShared(method.slot * Self.figures + 2, nanoseconds)
    if measured > 0 { addShared(Self.purposeIndex(method), measured) }
  }

  private func addShared(_ index: Int, _ amount: UInt64) {
    _ = unsafe words[index].wrappingAdd(amount, ordering: .relaxed)
  }

  @inline(__always)
  private static func purposeIndex(_ method: VFSMethod) -> Int {
    VFSMethod.slotCount * figures + VFSCounts.Purpose(method).rawValue
  }

  /// Adds every counter to a table of `wordCount` numbers.
  func addAll(to totals: inout [UInt64]) {
    for index in 0..<Self.reachIndex {
      totals[index] &+= unsafe words[index].load(ordering: .relaxed)
    }
    totals[Self.reachIndex] = max(
      totals[Self.reachIndex], unsafe words[Self.reachIndex].load(ordering: .relaxed))
  }
}
