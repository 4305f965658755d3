public import AssayModel
import Glibc

/// The machine that a result was measured on.
public struct SystemEnvironment: Hashable, Codable, Sendable {
  /// Model of the processor as `/proc/cpuinfo` names it, else the architecture.
  public var processorModel: String
  /// Number of cores this process may use.
  public var coreCount: Int
  /// Architecture, such as `x86_64`.
  public var architecture: String
  /// Kernel release, such as `6.1.0-18-amd64`.
  public var kernelRelease: String
  /// Physical memory of the machine.
  public var memory: ByteCount

  /// Reads what this machine is.
  ///
  /// - Throws: when `/proc` is not mounted.
  public static func current() throws(PlatformError) -> SystemEnvironment {
    var names = utsname()
    guard unsafe uname(&names) == 0 else {
      throw PlatformError(operation: "uname", errorNumber: errno)
    }
    let architecture = unsafe withUnsafeBytes(of: &names.machine) { unsafe text($0) }
    let release = unsafe withUnsafeBytes(of: &names.release) { unsafe text($0) }
    let processors = try ByteFile.readText("/proc/cpuinfo", limit: 16 << 20)
    let memory = try ByteFile.readText("/proc/meminfo", limit: 1 << 20)
    let status = try ByteFile.readText("/proc/self/status", limit: 1 << 20)
    return SystemEnvironment(
      processorModel: KernelText.value(of: "model name", in: processors) ?? architecture,
      coreCount: KernelText.value(of: "Cpus_allowed_list", in: status)
        .flatMap(KernelText.count(ofList:)) ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)),
      architecture: architecture, kernelRelease: release,
      memory: KernelText.kibibytes(of: "MemTotal", in: memory) ?? ByteCount(0))
  }

  private static func text(_ field: UnsafeRawBufferPointer) -> String {
    unsafe String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// What changes on a machine while it measures.
public struct SystemLoad: Hashable, Codable, Sendable {
  /// Mean number of runnable and waiting tasks over the last minute.
  public var oneMinute: Double
  /// The same over five minutes.
  public var fiveMinutes: Double
  /// The same over fifteen minutes.
  public var fifteenMinutes: Double
  /// Time that the hypervisor gave to others since boot, all cores together, in clock ticks
  /// (usually 10 ms); 0 on bare metal.
  public var stealTicks: UInt64

  /// Reads `/proc/loadavg` and `/proc/stat`.
  public static func current() throws(PlatformError) -> SystemLoad {
    let load = try ByteFile.readText("/proc/loadavg", limit: 4_096)
    let ticks = try ByteFile.readText("/proc/stat", limit: 16 << 20)
    let means = load.split(separator: " ").prefix(3).compactMap { Double($0) }
    guard means.count == 3 else {
      throw PlatformError(code: .badFormat, operation: "read", path: "/proc/loadavg", detail: load)
    }
    return SystemLoad(
      oneMinute: means[0], fiveMinutes: means[1], fifteenMinutes: means[2],
      stealTicks: KernelText.stealTicks(in: ticks) ?? 0)
  }
}

/// The most physical memory that a process has held.
public enum PeakMemory {
  /// Of the calling process.
  ///
  /// Not from `getrusage`, whose figure a spawned process begins with that of its parent.
  ///
  /// - Throws: when `/proc` is not mounted.
  public static func ofOwnProcess() throws(PlatformError) -> ByteCount {
    try of(getpid()) ?? ByteCount(0)
  }

  /// Of a running process, as `VmHWM` in `/proc/<pid>/status`.
  ///
  /// - Returns: `nil` for a zombie, which has no memory any more.
  /// - Throws: `notFound` when there is no such process.
  public static func of(_ processID: Int32) throws(PlatformError) -> ByteCount? {
    let status = try ByteFile.readText("/proc/\(processID)/status", limit: 1 << 20)
    return KernelText.kibibytes(of: "VmHWM", in: status)
  }
}
