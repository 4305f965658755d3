import Foundation
import Glibc

/// A SQLite without the WAL-reset bug: one that the environment variable `ASSAY_FIXED_SQLITE` names,
/// or, where it says `build`, Debian's source of a fixed version, built into `.build/fixed-sqlite`.
enum FixedSQLite {
  /// The first version that is fixed. Source: SQLite's documentation, wal.html, section 11.
  static let firstFixed = 3_051_003

  static let setting = ProcessInfo.processInfo.environment["ASSAY_FIXED_SQLITE"] ?? ""

  /// Why there is none to be had, or where it is.
  enum Library: Sendable {
    case at(String)
    case missing(String)
  }

  /// Whether there is one; says on standard error why not, where it was asked for.
  static func isThere() async -> Bool {
    switch await library.value {
    case .at: return true
    case .missing(let reason):
      if !setting.isEmpty {
        FileHandle.standardError.write(Data("no fixed SQLite to test against: \(reason)\n".utf8))
      }
      return false
    }
  }

  /// Found or built once.
  static let library = Task { () -> Library in
    switch setting {
    case "": .missing("ASSAY_FIXED_SQLITE is not set")
    case "build": await onThread { build() }
    default:
      FileManager.default.fileExists(atPath: setting)
        ? .at(URL(fileURLWithPath: setting).standardizedFileURL.path)
        : .missing("ASSAY_FIXED_SQLITE names '\(setting)', which is not there")
    }
  }

  // MARK: Building

  private static let version = "3.53.4"
  private static let source =
    "http://deb.debian.org/debian/pool/main/s/sqlite3/sqlite3_\(version).orig.tar.xz"
  /// Source: the package's sqlite3_3.53.4-2.dsc, section Checksums-Sha256.
  private static let digest = "05366adc8ee80c6b1faa71285b49d133c2121238ca58934b077fdeb95934abd4"

  private static var folder: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: ".build/fixed-sqlite/\(version)").path
  }

  /// Each step says what it lacks when it fails; what is built takes its place at the end only.
  private static let script = """
    set -u
    folder=$1 source=$2 digest=$3
    for tool in xz gcc make tar sha256sum timeout; do
      command -v $tool >/dev/null || { echo "$tool is not installed"; exit 1; }
    done
    mkdir -p "$folder" && work=$(mktemp -d "$folder/work-XXXXXX") && cd "$work" \\
      || { echo "$folder cannot be written"; exit 1; }
    trap 'rm -rf "$work"' EXIT
    # Through the settings of apt where the machine has no other way out.
    timeout 60 curl -fsS -o source.tar.xz "$source" 2>/dev/null \\
      || timeout 60 /usr/lib/apt/apt-helper download-file "$source" source.tar.xz >/dev/null 2>&1 \\
      || { echo "its source cannot be had from $source"; exit 1; }
    echo "$digest  source.tar.xz" | sha256sum --check --status \\
      || { echo "the source from $source has another checksum"; exit 1; }
    { mkdir source && tar xf source.tar.xz -C source --strip-components 1 && cd source \\
      && ./configure && make sqlite3.c \\
      && gcc -O2 -shared -fPIC -DHAVE_USLEEP=1 -DSQLITE_THREADSAFE=1 \\
        -DSQLITE_ENABLE_COLUMN_METADATA -Wl,-soname,libsqlite3.so.0 \\
        -o ../libsqlite3.so.0 sqlite3.c; } >"$folder/build.log" 2>&1 \\
      || { echo "it does not build: $folder/build.log"; exit 1; }
    mv "$work/libsqlite3.so.0" "$folder/libsqlite3.so.0"
    """

  private static func build() -> Library {
    let path = "\(folder)/libsqlite3.so.0"
    if FileManager.default.fileExists(atPath: path) { return .at(path) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh", folder, source, digest]
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return .missing("no shell can be started: \(error)")
    }
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0, FileManager.default.fileExists(atPath: path) else {
      return .missing(said.split(separator: "\n").last.map(String.init) ?? "the shell failed")
    }
    return .at(path)
  }
}
