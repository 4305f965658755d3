public import AssayModel
import Glibc

/// The machine on which a result was measured.
public struct SystemEnvironment: Hashable, Codable, Sendable {
  /// Model of the processor according to `/proc/cpuinfo`, else the architecture.
  public var processorModel: String
  /// Number of cores this process may use.
  public var coreCount: Int
  /// Architecture, such as `x86_64`.
  public var architecture: String
  /// Kernel release, such as `6.1.0-18-amd64`.
  public var kernelRelease: String
  /// Physical memory of the machine.
  public var memory: ByteCount

  /// Reads the properties of this machine.
  ///
  /// - Throws: if `/proc` is not mounted.
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

/// Machine load, which changes during measurements.
public struct SystemLoad: Hashable, Codable, Sendable {
  /// Mean number of runnable and waiting tasks over the last minute.
  public var oneMinute: Double
  /// The same over five minutes.
  public var fiveMinutes: Double
  /// The same over fifteen minutes.
  public var fifteenMinutes: Double
  /// Time that the hypervisor gave to other guests since boot, summed over all cores, in clock
  /// ticks (usually 10 ms); 0 on bare metal.
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

/// Peak physical memory of a process.
public enum PeakMemory {
  /// Returns the peak of the calling process.
  ///
  /// Not from `getrusage`, whose figure for a spawned process starts at that of its parent.
  ///
  /// - Throws: if `/proc` is not mounted.
  public static func ofOwnProcess() throws(PlatformError) -> ByteCount {
    try of(getpid()) ?? ByteCount(0)
  }

  /// Returns the peak of a running process, from `VmHWM` in `/proc/<pid>/status`.
  ///
  /// - Returns: `nil` for a zombie, which no longer has memory.
  /// - Throws: `notFound` if there is no such process.
  public static func of(_ processID: Int32) throws(PlatformError) -> ByteCount? {
    let status = try ByteFile.readText("/proc/\(processID)/status", limit: 1 << 20)
    return KernelText.kibibytes(of: "VmHWM", in: status)
  }
}
