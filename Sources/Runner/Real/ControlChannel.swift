import Foundation
import Glibc

/// One end of the socket between the coordinator and a worker: JSON messages, each after its
/// length in four bytes, least significant first.
@safe
final class ControlChannel: @unchecked Sendable {
  // Unchecked because of `received`: only one thread reads from a channel, and `send` writes a
  // whole frame under `sending`.

  /// The socket; closed in `deinit`.
  let descriptor: Int32
  private var received: [UInt8] = []
  private let sending = NSLock()

  /// Takes over a connected stream socket.
  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Creates both ends; neither survives an `exec`.
  static func pair() throws(RunnerError) -> (coordinator: ControlChannel, worker: Int32) {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      let hint = errno == EMFILE ? "; 'ulimit -n' must allow some for each process" : ""
      throw RunnerError(.harness, "socketpair failed: \(errorText(errno))\(hint)")
    }
    return (ControlChannel(descriptor: ends[0]), ends[1])
  }

  /// Sends one message. A peer that has died is not an error here: reading will tell.
  func send(_ message: some Encodable) throws(RunnerError) {
    let body: Data
    do {
      body = try JSONEncoder().encode(message)
    } catch {
      throw RunnerError(.harness, "a control message cannot be encoded: \(error)")
    }
    var frame = littleEndianBytes(UInt32(body.count))
    frame.append(contentsOf: body)
    sending.lock()
    defer { sending.unlock() }
    var offset = 0
    while offset < frame.count {
      let written = unsafe frame.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset,
          Int32(MSG_NOSIGNAL))
      }
      if written > 0 {
        offset += written
      } else if written < 0, errno == EINTR {
        continue
      } else {
        return
      }
    }
  }

  /// Waits for the next message; `nil` when the peer is gone.
  func receive<Message: Decodable>(_ type: Message.Type) throws(RunnerError) -> Message? {
    while true {
      if let message = try nextMessage(type) { return message }
      guard readSome() else { return nil }
    }
  }

  /// Reads what has arrived, once; `false` when the peer is gone.
  ///
  /// Blocks when nothing has arrived: poll the descriptor first.
  func readSome() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      if count > 0 {
        received.append(contentsOf: chunk[..<count])
        return true
      }
      if count < 0, errno == EINTR { continue }
      return false
    }
  }

  /// Takes the next whole message out of what was read.
  func nextMessage<Message: Decodable>(_ type: Message.Type) throws(RunnerError) -> Message? {
    guard received.count >= 4 else { return nil }
    let length =
      Int(received[0]) | Int(received[1]) << 8 | Int(received[2]) << 16 | Int(received[3]) << 24
    guard received.count >= 4 + length else { return nil }
    let body = Data(received[4..<4 + length])
    received.removeFirst(4 + length)
    do {
      return try JSONDecoder().decode(type, from: body)
    } catch {
      throw RunnerError(.harness, "a control message cannot be read: \(error)")
    }
  }

  private func littleEndianBytes(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}

/// The text of an `errno`, such as `No space left on device`.
func errorText(_ code: Int32) -> String {
  unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
