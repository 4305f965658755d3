import AssayModel
import Glibc
import Platform
import Testing

@testable import struct Platform.ProcessStatus

@Suite("Process and boot identity")
struct SystemHostTests {
  let host: SystemHost

  init() throws { host = try SystemHost() }

  @Test("The boot id is a UUID and the same at each reading")
  func boot() throws {
    #expect(host.bootID.utf8.count == 36)
    #expect(try SystemHost().bootID == host.bootID)
  }

  @Test("This process is alive")
  func own() {
    #expect(host.ownProcess.processID == getpid())
    #expect(host.liveness(of: host.ownProcess) == .alive)
  }

  @Test("A process id that now belongs to another start time is gone")
  func reused() {
    var earlier = host.ownProcess
    earlier.startTicks -= 1
    #expect(host.liveness(of: earlier) == .gone)
  }

  @Test("A process of another namespace is unknown, and so is an id that cannot exist")
  func unknown() {
    var other = host.ownProcess
    other.namespace += 1
    #expect(host.liveness(of: other) == .unknown)
    var impossible = host.ownProcess
    impossible.processID = 0
    #expect(host.liveness(of: impossible) == .unknown)
  }

  @Test("A child is alive while it runs or is stopped, gone as a zombie and gone when reaped")
  func child() throws {
    let pid = try spawnProgram("/bin/sleep", "60")
    let child = try host.identity(of: pid)
    #expect(host.liveness(of: child) == .alive)
    var status: Int32 = 0
    kill(pid, SIGSTOP)
    #expect(unsafe waitpid(pid, &status, WUNTRACED) == pid)
    #expect(host.liveness(of: child) == .alive)
    kill(pid, SIGKILL)
    try waitUntil("the child is a zombie") { host.liveness(of: child) == .gone }
    // Not reaped yet, so its id still exists.
    #expect(kill(pid, 0) == 0)
    #expect(unsafe waitpid(pid, &status, 0) == pid)
    #expect(host.liveness(of: child) == .gone)
  }

  @Test("A command with blanks and parentheses does not shift the fields of stat")
  func statLine() throws {
    let tail = "S 1 2 3 0 -1 4 5 6 7 8 9 10 11 12 20 0 3 0 987654 100"
    let status = try #require(ProcessStatus(line: "77 (a ) Z 1 (b)) \(tail)"))
    #expect(status.state == "S")
    #expect(status.threadCount == 3)
    #expect(status.startTicks == 987_654)
    #expect(ProcessStatus(line: "77 (cut) S 1 2") == nil)
    #expect(ProcessStatus(line: "no parenthesis") == nil)
  }

  @Test("A zombie main thread with other threads still running is not dead")
  func zombieLeader() throws {
    func status(_ threads: Int) throws -> ProcessStatus {
      let line = "7 (a) Z 1 2 3 0 -1 4 5 6 7 8 9 10 11 12 20 0 \(threads) 0 5 0"
      return try #require(ProcessStatus(line: line))
    }
    #expect(try status(1).isDead)
    #expect(try !status(2).isDead)
  }
}
