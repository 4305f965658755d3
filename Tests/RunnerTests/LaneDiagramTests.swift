import AssayModel
import Testing

@testable import FaultVFS
@testable import Runner

/// How a race is drawn, from steps that are made up here.
@Suite("Lane diagrams")
struct LaneDiagramTests {
  /// Steps of two actors, in their order.
  private struct Story {
    var items: [LaneItem] = []

    mutating func add(_ actor: Int, _ kind: LaneItem.Kind) {
      items.append(
        LaneItem(
          actor: actor, time: MonotonicTime(nanoseconds: UInt64(items.count + 1)), kind: kind))
    }

    mutating func operation(_ actor: Int, _ text: String) { add(actor, .operation(text)) }

    /// A step, and the call that it announces.
    mutating func call(
      _ actor: Int, _ method: VFSMethod, _ file: FileKind = .database, offset: Int64 = 0,
      count: Int = 1_024, _ fill: (inout DiskCall) -> Void = { _ in }
    ) {
      var call = DiskCall(method, file)
      call.handle = Int32(actor + 1)
      call.offset = offset
      call.count = count
      fill(&call)
      add(actor, .step(.call(method, file)))
      add(actor, .call(call))
    }

    var lines: [String] {
      LaneDiagram(items, names: ["p0", "p1"], words: LaneWords(pageSize: 1_024)).lines
    }
  }

  private static func holding(
    _ exclusive: UInt16, shared: UInt16 = 0, level: LockLevel = .shared
  ) -> HeldLocks {
    var held = HeldLocks()
    held.exclusiveSlots = exclusive
    held.sharedSlots = shared
    held.hasSharedMemory = true
    held.level = level
    return held
  }

  /// Everything below the heads, with single spaces.
  private static func body(_ story: Story) -> [String] {
    story.lines.dropFirst(4).map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
  }

  @Test("A checkpoint under which the log is begun anew is drawn with locks, switches and fault")
  func wal() {
    var story = Story()
    story.operation(0, "begin checkpoint #1")
    story.call(0, .sharedMemoryLock) { call in
      call.lock = .slots(1..<2, isShared: false, isGivenBack: false)
      call.held = Self.holding(2)
      call.log = LogState(frames: 9, checkpointed: 9)
    }
    story.add(0, .step(.call(.read, .wal)))
    story.operation(1, "begin increment #4")
    story.call(1, .write, .wal, count: 32) { call in
      call.held = Self.holding(1, shared: 16)
      call.log = LogState(frames: 0, checkpointed: 0)
    }
    story.call(1, .write, .wal, offset: 32, count: 24) { $0.held = Self.holding(1, shared: 16) }
    story.call(1, .write, .wal, offset: 56) { $0.held = Self.holding(1, shared: 16) }
    story.call(1, .sharedMemoryLock) { call in
      call.lock = .slots(0..<1, isShared: false, isGivenBack: true)
      call.held = Self.holding(0, shared: 16)
      call.log = LogState(frames: 1, checkpointed: 0)
    }
    story.operation(1, "end increment #4: ok")
    story.add(1, .step(.sleep))
    story.call(0, .sharedMemoryLock) { call in
      call.lock = .slots(1..<2, isShared: false, isGivenBack: true)
      call.log = LogState(frames: 1, checkpointed: 9)
      call.fault = SharedMemoryFault(checkpointed: 9, frames: 1, actor: 0)
    }
    #expect(
      Self.body(story) == [
        "begin checkpoint #1 | . |",
        "take CKPT [CKPT] | . | 9/9",
        "! preempted before read [CKPT] | . | 9/9",
        "> [CKPT] | begin increment #4 | 9/9",
        "[CKPT] | write wal header [WRITE read1] | 0/0",
        "[CKPT] | write wal frame 1 [WRITE read1] | 0/0",
        "[CKPT] | release WRITE [read1] | 0/1",
        "[CKPT] | end increment #4: ok [read1] | 0/1",
        "[CKPT] | sleeps [read1] | 0/1",
        "> release CKPT | [read1] | 9/1",
        "* the shared memory says: 9 frames are in the database, of a log that holds 1",
      ])
  }

  @Test("Levels of a rollback journal, long series, refused locks and wide texts are drawn")
  func rollback() {
    var story = Story()
    story.operation(0, "begin update_own #0")
    story.call(0, .lock) { call in
      call.lock = .level(.reserved)
      call.held.level = .reserved
    }
    for page in 0..<6 {
      story.call(0, .write, offset: Int64(page) * 1_024) { $0.held.level = .exclusive }
    }
    story.add(0, .step(.statement))
    story.operation(1, "begin read_mixed #0")
    story.call(1, .lock) { call in
      call.lock = .level(.shared)
      call.code = 5
    }
    story.call(1, .read, .journal, offset: 512, count: 8)
    #expect(
      Self.body(story) == [
        "begin update_own #0 | . |",
        "take RESERVED [RESERVED] | . |",
        "write database page 1 [EXCLUSIVE] | . |",
        "... 4 more [EXCLUSIVE] | . |",
        "write database page 6 [EXCLUSIVE] | . |",
        "! preempted before next statement [EXCLUSIVE] | . |",
        "> [EXCLUSIVE] | begin read_mixed #0 |",
        "[EXCLUSIVE] | take SHARED: BUSY |",
        "[EXCLUSIVE] | read journal 512+8 |",
      ])
  }

  @Test("Three actors fit into 120 columns, whatever they hold, and nothing is cut off")
  func width() {
    var items: [LaneItem] = []
    for actor in 0..<3 {
      var call = DiskCall(.read, .database)
      call.handle = Int32(actor + 1)
      call.offset = 1_024 * 123_456
      call.count = 1_024
      call.held = Self.holding(0b1111_1111, level: .exclusive)
      call.log = LogState(frames: 123, checkpointed: 123)
      items.append(
        LaneItem(
          actor: actor, time: MonotonicTime(nanoseconds: UInt64(actor + 1)), kind: .call(call)))
    }
    let words = LaneWords(pageSize: 1_024)
    let lines = LaneDiagram(items, names: ["a", "b", "c"], words: words).lines
    #expect(lines.allSatisfy { $0.count <= 120 }, "\(lines)")
    #expect(!lines.contains { $0.contains("~") }, "\(lines)")
    #expect(lines.count { $0.contains("EXCLUSIVE]") } == 5, "\(lines)")
  }

  @Test("The locks of a killed process vanish with it, and it does nothing more")
  func death() {
    for isInCall in [false, true] {
      var story = Story()
      story.operation(0, "begin several #2")
      story.call(0, .sharedMemoryLock) { call in
        call.lock = .slots(0..<1, isShared: false, isGivenBack: false)
        call.held = Self.holding(1, shared: 16)
      }
      if isInCall { story.call(0, .write, .wal, offset: 32) { $0.code = 778 } }
      story.add(
        0, .fault(LaneFault(text: "step 4: it dies", died: [0], followsCall: isInCall)))
      // What the dead process's SQLite does while it unwinds is of no interest.
      story.call(0, .unlock) { $0.code = 10 }
      story.add(0, .step(.end))
      story.operation(1, "begin increment #1")
      story.call(1, .sharedMemoryLock) { call in
        call.lock = .slots(0..<1, isShared: false, isGivenBack: false)
        call.held = Self.holding(1)
      }
      let last = "write wal frame 1: error 778 [WRITE read1] | . |"
      #expect(
        Self.body(story) == [
          "begin several #2 | . |", "take WRITE [WRITE read1] | . |",
        ] + (isInCall ? [last] : []) + [
          "# step 4: it dies", "# its locks vanish: WRITE read1", ". | begin increment #1 |",
          ". | take WRITE [WRITE] |",
        ])
    }
  }

  @Test("A fault that kills nobody is a line across all lanes")
  func otherFaults() {
    var story = Story()
    story.operation(0, "begin several #2")
    story.call(0, .write, .wal, offset: 32) { $0.code = 778 }
    story.add(-1, .fault(LaneFault(text: "step 2: io_error", followsCall: true)))
    story.operation(0, "end several #2: unknown")
    #expect(
      Self.body(story) == [
        "begin several #2 |", "write wal frame 1: error 778 |", "# step 2: io_error",
        "end several #2: unknown |",
      ])
  }
}
