import Foundation
import Testing

@testable import Runner

@Suite("Copies of a template")
struct FileCloneTests {
  @Test("A copy has the same bytes, and an existing file is never written over")
  func copies() throws {
    let sandbox = try Sandbox()
    let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try bytes.write(to: URL(fileURLWithPath: sandbox.file("source")))
    try FileClone.make(of: sandbox.file("source"), at: sandbox.file("copy"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: sandbox.file("copy"))) == bytes)
    try sandbox.write("other", "mine")
    #expect(throws: RunnerError.self) {
      try FileClone.make(of: sandbox.file("source"), at: sandbox.file("other"))
    }
    #expect(try String(contentsOfFile: sandbox.file("other"), encoding: .utf8) == "mine")
  }

  @Test("What does not exist cannot be copied, and the error names it")
  func missing() throws {
    let sandbox = try Sandbox()
    let error = #expect(throws: RunnerError.self) {
      try FileClone.make(of: sandbox.file("nothing"), at: sandbox.file("copy"))
    }
    #expect(error?.message.contains("nothing") == true)
    #expect(sandbox.everything() == [])
  }
}
