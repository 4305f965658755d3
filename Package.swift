// swift-tools-version: 6.2
// Assay: a benchmark and fault-injection harness for SQLite storage.
// Floors and who may import whom: see the table in Sources/assay/assay.docc/Architecture.md.

import PackageDescription

/// Every target is built in Swift 6 mode with strict memory safety, and a warning is an error.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Of all modules that do something: explorations and gates in tests would take minutes without.
/// Debug builds check everything else that they check otherwise.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], _ further: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings + optimised + further)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.byName(name: name)] + dependencies,
    swiftSettings: settings)
}

/// Of the modules of the simulated world, where one actor runs at a time: in release builds accesses
/// are not watched for overlaps, which costs a tenth of an exploration; debug builds watch them.
let simulated: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let real = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "assay",
  products: [
    .executable(name: "assay", targets: ["assay"]),
    .library(name: "AssayStorage", targets: ["AssayStorage"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // Floor 0
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    module("AssayModel"),
    // Floor 1
    module("SQLiteDriver", ["AssayModel", "CSQLite"]),
    module("FaultVFS", ["AssayModel", "CSQLite"], simulated),
    module("Platform", ["AssayModel", "CLibcrypto"]),
    module("Schedules", ["AssayModel"]),
    module("Checkers", ["AssayModel"]),
    module("Statistics", ["AssayModel", histogram, real]),
    module("ScenarioFiles", ["AssayModel", yams]),
    // The texts under Scenarios, which the plugin turns into a source file while it builds.
    .target(
      name: "StockScenarios", swiftSettings: settings, plugins: [.plugin(name: "EmbedScenarios")]),
    .plugin(
      name: "EmbedScenarios", capability: .buildTool(), path: "Sources/EmbedScenarios"),
    // Floor 2
    module("AssayStorage", ["AssayModel", "Platform", "SQLiteDriver", deque]),
    module("Gate", ["AssayModel", "Statistics", real]),
    // Floor 3
    module("Workloads", ["AssayModel", "AssayStorage", "SQLiteDriver"]),
    module("Reports", ["AssayModel", "Gate", "Statistics"]),
    // Floor 4
    module(
      "Runner",
      [
        "AssayModel", "AssayStorage", "Checkers", "CSQLite", "FaultVFS", "Gate", "Platform",
        "Reports", "ScenarioFiles", "Schedules", "SQLiteDriver", "Statistics", "Workloads",
      ],
      simulated),
    // Floor 5
    .executableTarget(
      name: "assay",
      dependencies: [
        "AssayModel", "Gate", "Reports", "Runner", "ScenarioFiles", "StockScenarios", arguments,
      ],
      swiftSettings: settings),

    tests("AssayModel"),
    tests("SQLiteDriver", ["AssayModel"]),
    tests("FaultVFS", ["AssayModel", "CSQLite"]),
    tests("Platform", ["AssayModel"]),
    tests("Schedules", ["AssayModel"]),
    tests("Checkers", ["AssayModel"]),
    tests("Statistics", ["AssayModel"]),
    tests("ScenarioFiles", ["AssayModel", "StockScenarios"]),
    tests("AssayStorage", ["AssayModel", "Platform", "SQLiteDriver"]),
    tests("Workloads", ["AssayModel", "AssayStorage", "Checkers", "Platform", "SQLiteDriver"]),
    tests("Gate", ["AssayModel", "Statistics"]),
    tests("Reports", ["AssayModel", "Gate"]),
    tests(
      "Runner",
      [
        // The executable, because its workers are what the tests start.
        "assay", "AssayModel", "AssayStorage", "Checkers", "FaultVFS", "Gate", "Platform",
        "Reports",
        "ScenarioFiles", "Schedules", "SQLiteDriver", "Statistics", "StockScenarios", "Workloads",
      ]),
    .testTarget(name: "HouseTests", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
