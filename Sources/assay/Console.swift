import ArgumentParser
import Foundation
import Runner
import Synchronization

/// Printing: results on standard output, everything else on standard error.
enum Console {
  /// Whether standard error is a terminal that may show colours and progress.
  static let isTerminal = isatty(2) == 1
  /// Whether standard output may show colours.
  static let mayColour =
    isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty

  private static let lostOutput = Atomic<Bool>(false)
  /// Whether something that belonged on standard output could not be written.
  static var hasLostOutput: Bool { lostOutput.load(ordering: .relaxed) }

  /// Writes a line to standard output.
  static func output(_ text: String, terminator: String = "\n") {
    if !write(text + terminator, to: FileHandle.standardOutput) {
      lostOutput.store(true, ordering: .relaxed)
    }
  }

  /// Writes a line to standard error.
  static func note(_ text: String, terminator: String = "\n") {
    write(text + terminator, to: FileHandle.standardError)
  }

  /// Shows a progress line on a terminal, nothing in a pipe.
  static func progress(_ text: String) {
    guard isTerminal else { return }
    write("\r\u{1B}[K\(text.prefix(100))", to: FileHandle.standardError)
  }

  /// Removes the progress line.
  static func endProgress() {
    guard isTerminal else { return }
    write("\r\u{1B}[K", to: FileHandle.standardError)
  }

  @discardableResult
  private static func write(_ text: String, to handle: FileHandle) -> Bool {
    do {
      try handle.write(contentsOf: Data(text.utf8))
      return true
    } catch {
      // A full disk or a closed pipe is no reason for a stack trace.
      return false
    }
  }
}

/// The exit codes that are not about verdicts.
extension RunnerError {
  /// What the command exits with.
  var exitCode: Int32 {
    switch code {
    case .harness: 1
    case .input: 64
    case .environment: 5
    case .interrupted: 130
    }
  }
}
