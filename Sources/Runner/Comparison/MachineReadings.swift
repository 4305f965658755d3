import AssayModel
import Foundation
import Glibc
import Platform

/// What the machine did while a block ran: readings before and after.
struct MachineReadings {
  private let started: MonotonicTime
  private let load: SystemLoad?
  private let canary: Nanoseconds?
  private let time: any TimeSource

  /// Reads what is read before a block.
  ///
  /// - Parameter folder: where the database lies; the canary writes there.
  init(folder: String, time: any TimeSource) {
    self.time = time
    canary = FsyncCanary.median(in: folder, time: time)
    started = time.monotonicNow()
    load = try? SystemLoad.current()
  }

  /// What happened since then.
  func finish() -> BlockEnvironment {
    let elapsed = (time.monotonicNow() - started).seconds
    let now = try? SystemLoad.current()
    let processors = ProcessorReading()
    var environment = BlockEnvironment(
      loadAverage: now?.oneMinute, processor: processors?.model,
      processors: ProcessInfo.processInfo.activeProcessorCount, megahertz: processors?.megahertz,
      fsyncCanary: canary)
    if let load, let now, elapsed > 0 {
      // The column is the sum over all processors, not only those that this process may use.
      let count = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
      let stolen = Double(now.stealTicks - min(load.stealTicks, now.stealTicks)) / ticks
      environment.stealShare = min(1, stolen / (elapsed * count))
    }
    return environment
  }
}

/// What `/proc/cpuinfo` says just now.
private struct ProcessorReading {
  /// Model of the first one.
  var model: String?
  /// Mean clock of all.
  var megahertz: Double?

  init?() {
    guard let text = try? ByteFile.readText("/proc/cpuinfo", limit: 16 << 20) else { return nil }
    var clocks: [Double] = []
    for line in text.utf8.split(separator: 10) {
      let isModel = line.starts(with: "model name".utf8)
      guard isModel || line.starts(with: "cpu MHz".utf8),
        let value = line.split(separator: 58, maxSplits: 1).last
      else { continue }
      let word = Substring(value).drop { $0 == " " }
      if isModel {
        model = model ?? String(word)
      } else if let clock = Double(word) {
        clocks.append(clock)
      }
    }
    if !clocks.isEmpty { megahertz = clocks.reduce(0, +) / Double(clocks.count) }
  }
}

/// What a small write with fsync costs just now, beside the database.
enum FsyncCanary {
  private static let rounds = 3

  /// - Returns: the median; `nil` where the folder takes no file.
  static func median(in folder: String, time: any TimeSource) -> Nanoseconds? {
    let path = "\(folder)/canary"
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return nil }
    defer {
      close(file)
      unsafe unlink(path)
    }
    let page = [UInt8](repeating: 0x5a, count: 4_096)
    var costs: [Nanoseconds] = []
    for round in 0..<rounds {
      let start = time.monotonicNow()
      let written = unsafe pwrite(file, page, page.count, round * page.count)
      guard written == page.count, fsync(file) == 0 else { return nil }
      costs.append(time.monotonicNow() - start)
    }
    return costs.sorted()[rounds / 2]
  }
}
