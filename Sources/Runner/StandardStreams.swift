import Glibc

/// Standard input, output and error of the command line.
public enum StandardStreams {
  /// Makes sure that the descriptors 0, 1 and 2 are open, and that writing to a reader that has
  /// gone is an error and no death.
  ///
  /// Without it the first file that is opened would take the place of a closed standard output, and
  /// the table would land in it.
  public static func secure() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is taken, which is this one. Opened for the other direction, so that
      // using it stays the error that it was.
      _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a text; a reader that has gone, as in `assay list | head -1`, wants no more of it.
  ///
  /// - Parameter descriptor: 1 or 2.
  /// - Throws: a harness error when the text cannot be written for another reason.
  public static func write(_ text: String, to descriptor: Int32) throws(RunnerError) {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let written = unsafe bytes[offset...].withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if written >= 0 {
        offset += written
        continue
      }
      switch errno {
      case EINTR: continue
      case EPIPE: return
      case EAGAIN:
        // A terminal that another program has made non-blocking.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&waiting, 1, 1_000)
      default:
        throw RunnerError(
          .harness,
          "standard \(descriptor == 1 ? "output" : "error") cannot be written: "
            + errorText(errno))
      }
    }
  }
}
