import Foundation
import Testing

/// Rules of the house that can be read off the sources.
@Suite("The house")
struct HouseRules {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func swiftFiles(_ folder: String) throws -> [URL] {
    let base = root.appendingPathComponent(folder)
    let paths = try FileManager.default.subpathsOfDirectory(atPath: base.path)
    return paths.filter { $0.hasSuffix(".swift") }.sorted().map(base.appendingPathComponent)
  }

  /// The code of a file without comments and string literals' content is not needed: a word in a
  /// comment counts as well, which keeps the rule simple.
  private static func lines(_ file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test("Only SQLiteDriver, FaultVFS, Platform and Runner contain unsafe code")
  func unsafeStaysBehindItsWalls() throws {
    let allowed: Set = ["SQLiteDriver", "FaultVFS", "Platform", "Runner"]
    let modules = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("Sources").path)
    for module in modules where !allowed.contains(module) && module != "CSQLite" {
      for file in try Self.swiftFiles("Sources/\(module)") {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains("unsafe"), "\(module)/\(file.lastPathComponent)")
      }
    }
  }

  @Test("No source file is longer than 600 lines, no line longer than 100 columns")
  func filesStayShort() throws {
    for file in try Self.swiftFiles("Sources") + Self.swiftFiles("Tests") {
      let lines = try Self.lines(file)
      #expect(lines.count <= 600, "\(file.lastPathComponent) has \(lines.count) lines")
      // Expected output in tests stands as it is printed.
      if file.path.contains("/Tests/") { continue }
      for (number, line) in lines.enumerated() where line.count > 100 {
        Issue.record("\(file.lastPathComponent):\(number + 1) has \(line.count) columns")
      }
    }
  }

  @Test(
    "The storage engine, the workloads and what judges them ask the system for nothing",
    arguments: [
      "AssayModel", "AssayStorage", "Workloads", "Checkers", "Schedules", "Statistics", "Gate",
    ])
  func pureModulesImportNoSystem(module: String) throws {
    // Workloads may use the C library's mathematics, nothing else of it.
    let forbiddenImports = module == "Workloads" ? ["Foundation"] : ["Foundation", "Glibc"]
    let forbiddenCalls = [
      "clock_gettime", "usleep", "nanosleep", "pthread_", "DispatchQueue", "Task {", "Date()",
      "ContinuousClock", "SystemRandomNumberGenerator", "fopen", ".random(in",
    ]
    for file in try Self.swiftFiles("Sources/\(module)") {
      for line in try Self.lines(file) where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for name in forbiddenImports {
          #expect(!line.hasSuffix("import \(name)"), "\(file.lastPathComponent): \(line)")
        }
        for call in forbiddenCalls {
          #expect(!line.contains(call), "\(file.lastPathComponent): \(line)")
        }
      }
    }
  }

  @Test("AssayStorage imports Platform in one file only, Workloads never")
  func realSourcesEnterThroughOneDoor() throws {
    func importers(_ module: String) throws -> [String] {
      try Self.swiftFiles("Sources/\(module)").filter { file in
        try Self.lines(file).contains { $0.hasSuffix("import Platform") }
      }.map(\.lastPathComponent)
    }
    #expect(try importers("AssayStorage").count == 1)
    #expect(try importers("Workloads").isEmpty)
  }

  @Test("Schedules knows the nouns and nothing else")
  func schedulesStandsAlone() throws {
    for file in try Self.swiftFiles("Sources/Schedules") {
      for line in try Self.lines(file) where line.contains("import ") {
        let isImport = line.hasPrefix("import ") || line.hasPrefix("public import ")
        #expect(!isImport || line.hasSuffix(" AssayModel"), "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test("No test is disabled and no code forces a try")
  func nothingIsForced() throws {
    for file in try Self.swiftFiles("Sources") + Self.swiftFiles("Tests")
    where file.lastPathComponent != "HouseRules.swift" {
      for line in try Self.lines(file) {
        #expect(!line.contains(".disabled("), "\(file.lastPathComponent): \(line)")
        #expect(!line.contains("try!"), "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test("The top level holds what the design names and nothing else")
  func topLevelIsAsDesigned() throws {
    let allowed: Set = ["Package.swift", "Sources", "Tests", "Scenarios", "Results", "README.md"]
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.root.path)
    for name in names where !name.hasPrefix(".") && name != "Package.resolved" {
      #expect(allowed.contains(name), "\(name)")
    }
  }
}
