import AssayModel
import Glibc
import Platform
import Testing

@testable import enum Platform.KernelText
@testable import struct Platform.MountEntry

@Suite("The machine")
struct SystemEnvironmentTests {
  @Test("This machine has a name, cores, memory and a kernel")
  func environment() throws {
    let found = try SystemEnvironment.current()
    #expect(!found.processorModel.isEmpty)
    #expect(found.coreCount >= 1)
    #expect(found.memory > ByteCount(64 << 20))
    #expect(found.kernelRelease.contains("."))
    #expect(!found.architecture.isEmpty)
  }

  @Test("The load is readable and steal time never goes back")
  func load() throws {
    let first = try SystemLoad.current()
    let second = try SystemLoad.current()
    #expect(first.oneMinute >= 0)
    #expect(second.stealTicks >= first.stealTicks)
  }

  @Test("The texts of /proc are read by key, with their units")
  func texts() {
    let text = "processor\t: 0\nmodel name\t: A CPU: 3 GHz \n\nMemTotal:   123 kB\nBad: 5 MB\n"
    #expect(KernelText.value(of: "model name", in: text) == "A CPU: 3 GHz")
    #expect(KernelText.value(of: "model", in: text) == nil)
    #expect(KernelText.kibibytes(of: "MemTotal", in: text) == ByteCount(125_952))
    #expect(KernelText.kibibytes(of: "Bad", in: text) == nil)
    #expect(KernelText.count(ofList: "0-3,8") == 5)
    #expect(KernelText.count(ofList: "7") == 1)
    #expect(KernelText.count(ofList: "3-1") == nil)
    #expect(KernelText.count(ofList: "") == nil)
    #expect(KernelText.stealTicks(in: "cpu  1 2 3 4 5 6 7 88 9 10\ncpu0 1\n") == 88)
    #expect(KernelText.stealTicks(in: "cpu0 1 2\n") == nil)
  }

  @Test("The mount of a path is the longest that holds it, and the latest of equals")
  func mounts() throws {
    let mounts = """
      22 1 254:1 / / rw,relatime - ext4 /dev/vda rw,discard
      23 22 0:21 / /data rw,relatime shared:1 master:2 - xfs /dev/vdb rw,noquota
      24 22 0:22 / /data\\040two ro - tmpfs tmpfs ro,size=4k
      25 23 0:23 / /data rw,noatime - btrfs /dev/vdc rw,ssd
      cut off
      """
    #expect(MountEntry.holding("/database", in: mounts)?.type == "ext4")
    #expect(MountEntry.holding("/", in: mounts)?.options == "rw,relatime,discard")
    let data = try #require(MountEntry.holding("/data/x", in: mounts))
    #expect(data.type == "btrfs")
    #expect(data.options == "rw,noatime,ssd")
    #expect(MountEntry.holding("/data", in: mounts)?.point == "/data")
    #expect(MountEntry.holding("/data two/x", in: mounts)?.type == "tmpfs")
    #expect(MountEntry.holding("/x", in: "") == nil)
  }

  @Test("The file system of /proc is proc, and a missing path is an error")
  func fileSystem() throws {
    #expect(try FileSystemFacts.of("/proc/self/status").type == "proc")
    let here = try FileSystemFacts.of("/tmp")
    #expect(here.type != "unknown")
    #expect(!here.mountPoint.isEmpty)
    #expect(here.free > ByteCount(0))
    let error = #expect(throws: PlatformError.self) { try FileSystemFacts.of("/none/such") }
    #expect(error?.code == .notFound)
  }

  @Test("Peak memory grows with use; a zombie has none, a missing process is an error")
  func peak() throws {
    let before = try PeakMemory.ofOwnProcess()
    #expect(before > ByteCount(1 << 20))
    let grown = [UInt8](repeating: 1, count: 64 << 20)
    #expect(try PeakMemory.ofOwnProcess().bytes >= before.bytes)
    #expect(try PeakMemory.ofOwnProcess() > ByteCount(64 << 20))
    #expect(grown.count == 64 << 20)

    let pid = try spawnProgram("/bin/sleep", "60")
    #expect(try PeakMemory.of(pid) != nil)
    kill(pid, SIGKILL)
    try waitUntil("the child is a zombie") { (try? PeakMemory.of(pid)) == .some(nil) }
    var status: Int32 = 0
    #expect(unsafe waitpid(pid, &status, 0) == pid)
    let error = #expect(throws: PlatformError.self) { try PeakMemory.of(pid) }
    #expect(error?.code == .notFound)
  }

  @Test("Without jemalloc there are no statistics")
  func noJemalloc() {
    guard unsafe dlsym(nil, "mallctl") == nil else { return }
    #expect(JemallocStatistics.current() == nil)
  }

  @Test("With jemalloc the statistics follow what is allocated")
  func jemalloc() async {
    // The library's static thread-local block may not fit into a process that has started.
    guard unsafe dlopen("libjemalloc.so.2", RTLD_LAZY) != nil else { return }
    await #expect(processExitsWith: .success) {
      _ = unsafe dlopen("libjemalloc.so.2", RTLD_NOW | RTLD_GLOBAL)
      guard let before = JemallocStatistics.current() else {
        preconditionFailure("no statistics")
      }
      typealias Allocate = @convention(c) (Int, Int32) -> UnsafeMutableRawPointer?
      let symbol = unsafe dlsym(nil, "mallocx")
      guard let symbol = unsafe symbol else { preconditionFailure("no mallocx") }
      let allocate = unsafe unsafeBitCast(symbol, to: Allocate.self)
      let block = unsafe allocate(8 << 20, 0)
      let after = JemallocStatistics.current() ?? before
      precondition(unsafe block != nil && after.requests > before.requests, "\(before) \(after)")
      let grown = after.allocated.bytes - before.allocated.bytes
      precondition(grown >= 8 << 20 && after.resident >= after.active, "\(before) \(after)")
    }
  }
}
