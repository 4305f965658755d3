import Foundation
import Platform

/// Another build of the harness, whose workers one side of a comparison runs.
///
/// It is named on the command line: one that cannot run is a mistake of usage, not of the machine.
enum SideExecutable {
  /// Returns the absolute path of a program that the user may run.
  ///
  /// - Parameter side: what messages call the side, such as `the base`.
  /// - Throws: an input error that names the side and the path.
  static func path(of text: String, side: String) throws(RunnerError) -> String {
    let path = URL(fileURLWithPath: text).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: path) else {
      throw RunnerError(.input, "\(side): '\(text)' does not exist; expected a build of assay")
    }
    guard !Folder.isFolder(path), FileManager.default.isExecutableFile(atPath: path) else {
      throw RunnerError(.input, "\(side): '\(text)' is not executable")
    }
    return path
  }
}
