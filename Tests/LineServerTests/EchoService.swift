import Domain
import Synchronization
import Testing
import Wire

/// What happened, in order, and somebody who waits for it.
final class Journal: Sendable {
  private struct State {
    var events: [String] = []
    var waiters: [(event: String, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Mutex(State())

  var events: [String] { state.withLock { $0.events } }

  func note(_ event: String) {
    let ready = state.withLock { state in
      state.events.append(event)
      let ready = state.waiters.filter { $0.event == event }
      state.waiters.removeAll { $0.event == event }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  /// Waits until it has happened once. A test that waits for ever is ended by its time limit.
  func wait(for event: String) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.events.contains(event) { return true }
        state.waiters.append((event, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}

/// Stands where the operations stand in the daemon: its commands exercise every way a line can be handled.
final class EchoService: LineService {
  let journal = Journal()
  /// Octets that floods have been able to send.
  let flooded = Mutex(0)
  /// Takes words for the stream that was begun last.
  private let ear = Mutex<AsyncStream<String>.Continuation?>(nil)

  /// Whether one has to say "sign in" to be known.
  let knowsNobody: Bool
  /// Whether the kept places are for Unix peers.
  let trustsUnix: Bool

  init(knowsNobody: Bool = false, trustsUnix: Bool = true) {
    self.knowsNobody = knowsNobody
    self.trustsUnix = trustsUnix
  }

  /// Has the stream that was begun last send a line.
  func say(_ words: String) { ear.withLock { _ = $0?.yield(words) } }

  fileprivate func listen() -> AsyncStream<String> {
    let (words, continuation) = AsyncStream.makeStream(of: String.self)
    ear.withLock { $0 = continuation }
    return words
  }

  func connect(_ peer: Peer, hangUp: @escaping @Sendable (LastLine?) -> Void) -> any LineSession {
    journal.note("connect \(peer.transport)")
    return EchoSession(self, hangUp: hangUp)
  }

  func mayUseReserve(_ peer: Peer) -> Bool {
    guard case .unix = peer.transport else { return false }
    return trustsUnix
  }
}

final class EchoSession: LineSession {
  private let service: EchoService
  private var rows: Int?

  private let hangUp: @Sendable (LastLine?) -> Void
  private(set) var isKnown: Bool

  init(_ service: EchoService, hangUp: @escaping @Sendable (LastLine?) -> Void) {
    self.service = service
    self.hangUp = hangUp
    isKnown = !service.knowsNobody
  }

  func greet() -> LineHandling { .reply(Array("hello\n".utf8)) }
  var lineLimit: Int { rows == nil ? Limits.requestLine : Limits.uploadRow }

  /// Echoes a line that begins with "!" a hundred times.
  func answer(_ line: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? {
    guard rows == nil, line.first == UInt8(ascii: "!"), room.count >= 100 * (line.count + 1) else {
      return nil
    }
    var end = 0
    for _ in 0..<100 {
      room[end..<(end + line.count)].copyBytes(from: line)
      room[end + line.count] = 10
      end += line.count + 1
    }
    return end
  }

  func receive(_ line: [UInt8]) -> LineHandling {
    if let rows { return receiveRow(line, rows) }
    let text = String(decoding: line, as: UTF8.self)
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let argument = words.count > 1 ? words[1] : ""
    let service = service
    switch words.first {
    case nil: return .none
    case "upload":
      rows = 0
      return .reply(Array("send\n".utf8))
    case "sign":
      isKnown = true
      return .reply(Array("welcome\n".utf8))
    case "leave":
      hangUp(argument.isEmpty ? nil : LastLine(.closing, sentence: argument))
      return .reply(Array("left\n".utf8))
    case "length": return .reply(Array("length \(line.count)\n".utf8))
    case "quit": return .close(Array("bye\n".utf8))
    case "work":
      return .work { sink in
        await Task.yield()
        try? await sink.send(Array("worked \(argument)\n".utf8))
      }
    case "gate":
      // Replies in two halves, the second one when the test says so.
      return .work { sink in
        try? await sink.send(Array("begun \(argument)\n".utf8))
        service.journal.note("begun \(argument)")
        await service.journal.wait(for: "open \(argument)")
        try? await sink.send(Array("done \(argument)\n".utf8))
      }
    case "sleep":
      return .work { _ in
        service.journal.note("sleeping")
        do { try await Task.sleep(for: .seconds(3600)) } catch { service.journal.note("cancelled") }
      }
    case "flood": return flood(Int(argument) ?? 0)
    case "stream":
      let words = service.listen()
      return .stream { sink in
        try? await sink.send(Array("begun\n".utf8))
        for await word in words { try? await sink.send(Array("\(word)\n".utf8)) }
        service.journal.note("over")
        try? await sink.send(Array("over\n".utf8))
      }
    case "hurry": return hurry()
    case "big": return .reply(Array(repeating: UInt8(ascii: "b"), count: 1 << 20) + [10])
    default: return .reply(line + [10])
    }
  }

  func receiveOversize() -> LineHandling { .reply(Array("oversize\n".utf8)) }

  func ended() { service.journal.note("ended") }

  private func receiveRow(_ line: [UInt8], _ rows: Int) -> LineHandling {
    guard line == [UInt8(ascii: ".")] else {
      self.rows = rows + 1
      return .none
    }
    self.rows = nil
    return .reply(Array("rows \(rows)\n".utf8))
  }

  /// Sends this many chunks of 64 KiB, as fast as the client reads.
  private func flood(_ chunks: Int) -> LineHandling {
    let service = service
    return .work { sink in
      let chunk = Array(repeating: UInt8(ascii: "f"), count: 65_535) + [10]
      do {
        for _ in 0..<chunks {
          try await sink.send(chunk)
          service.flooded.withLock { $0 += chunk.count }
        }
        service.journal.note("flooded")
      } catch { service.journal.note("flood cancelled") }
    }
  }

  /// Streams until the client has kept it waiting for a moment.
  private func hurry() -> LineHandling {
    let service = service
    return .stream { sink in
      let chunk = Array(repeating: UInt8(ascii: "f"), count: 16_383) + [10]
      do {
        while try await sink.send(chunk, patience: .milliseconds(50)) {
          service.flooded.withLock { $0 += chunk.count }
        }
        service.journal.note("out of patience")
        try await sink.send(Array("slow\n".utf8))
      } catch { service.journal.note("hurry cancelled") }
    }
  }
}
