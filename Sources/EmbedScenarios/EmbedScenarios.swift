import Foundation
import PackagePlugin

/// Embeds the texts under `Scenarios` in the module `StockScenarios` while the package is built.
///
/// A shell script writes the Swift source: a tool of its own would be one more program that every
/// newcomer compiles and links. The script reads the whole folder, so a file that is added while a
/// build plan is cached is embedded, too.
@main
struct EmbedScenarios: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    let folder = package.appending(path: "Scenarios")
    let script = package.appending(path: "Sources/EmbedScenarios/embed.sh")
    let output = context.pluginWorkDirectoryURL.appending(path: "StockScenarios+Texts.swift")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
    return [
      .buildCommand(
        displayName: "Embedding the stock scenarios",
        executable: URL(fileURLWithPath: "/bin/sh"),
        arguments: [script.path, folder.path, output.path],
        inputFiles: [script, folder] + files.map { folder.appending(path: $0) },
        outputFiles: [output])
    ]
  }
}
