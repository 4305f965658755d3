import Glibc

extension StandardStreams {
  /// Columns of the terminal behind a descriptor; `nil` where it is none or does not say.
  public static func terminalWidth(of descriptor: Int32) -> Int? {
    var size = winsize()
    let answer = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
    return answer == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
  }
}
