import AssayModel
import ScenarioFiles
import Testing

@Suite("Settings that can never work together")
struct ReviewTests {
  @Test("Exclusive locking leaves room for one connection of one process only")
  func exclusiveLocking() {
    let settings = "locking_mode: exclusive, max_open_connections: "
    #expect(Sample.errors("storage: { \(settings)1 }").isEmpty)
    #expect(
      Sample.errors("storage: { \(settings)2 }") == [
        "s.yaml:4:37: storage.max_open_connections: contradiction: 2 connections with "
          + "storage.locking_mode 'exclusive'; allowed: 1, since the first connection would keep "
          + "all others out"
      ])
    let topology = Sample.errors("storage: { locking_mode: exclusive, topology: group-commit }")
    #expect(topology.count == 1 && topology[0].contains("storage.topology"))
    let processes = Sample.errors(
      "storage: { \(settings)1 }", load: "{ workload: kv, processes: 2 }")
    #expect(processes.count == 1 && processes[0].contains("load.processes"))
  }

  @Test("A byte order mark and the line ends of other systems change nothing")
  func byteOrderMark() {
    let text = Sample.text("storage: { journal_mode: off }")
    #expect(Sample.errors(in: "\u{FEFF}" + text.replacing("\n", with: "\r\n")).isEmpty)
    let wrong = Sample.errors(in: "\u{FEFF}nam: x\n" + text)
    #expect(wrong.first?.hasPrefix("s.yaml:1:1: nam: unknown key") == true, "\(wrong)")
  }

  @Test("Waiters look at most once a millisecond, which is what storage can do")
  func poll() {
    #expect(Sample.errors("locks: { poll: 1ms }").isEmpty)
    #expect(Sample.errors("locks: { poll: 999us }").count == 1)
  }

  @Test("An override of no setting is told in a line that can be read")
  func unknownOverride() {
    let errors = Sample.errors(
      in: Sample.text(), overrides: [Assignment(path: "qqqqqqq", value: "1")])
    #expect(errors.count == 1)
    #expect(errors.allSatisfy { $0.utf8.count < 200 && $0.contains("repeat") }, "\(errors)")
  }
}
