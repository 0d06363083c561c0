import CLinux
import Glibc

// One load generator for Bellwether and for Redis: so many connections, each with so many requests under way, the
// next one sent when a reply is whole. Benchmarks/serving runs it.
//
// REQUESTS is a file of requests: what stands between two lines of "=" is sent as it is. Prints one JSON object: replies
// and octets of them, seconds, and microseconds from sending to the last octet at p50, p99 and the worst.

let usage = """
  usage: load-generator bellwether|redis SOCKET REQUESTS [--connections N] [--pipeline N] [--seconds N] [--seed N]
  """

enum Server: String { case bellwether, redis }

/// Where a reply ends.
struct ReplyScanner {
  let server: Server
  /// Redis: elements still to come of an array; lines of Bellwether need no memory.
  private var pending = 0

  init(_ server: Server) { self.server = server }

  /// Takes one whole reply off the front, if it is there; the octets it took so far otherwise. Returns whether it ended.
  mutating func scan(_ bytes: UnsafeRawBufferPointer, from position: inout Int) -> Bool {
    server == .bellwether ? scanLines(bytes, &position) : scanElements(bytes, &position)
  }

  private func scanLines(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Bool {
    while let end = lineEnd(bytes, position) {
      let isLast = end - position > 3 && bytes[position + 3] == UInt8(ascii: " ")
      position = end + 1
      if isLast { return true }
    }
    return false
  }

  private mutating func scanElements(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Bool {
    while let end = lineEnd(bytes, position) {
      switch bytes[position] {
      case UInt8(ascii: "*"): pending += number(bytes, position + 1)
      case UInt8(ascii: "$"):
        let next = end + 1 + number(bytes, position + 1) + 2
        guard next <= bytes.count else { return false }
        position = next
        pending -= 1
        if pending <= 0 { return true }
        continue
      default: pending -= 1
      }
      position = end + 1
      if pending <= 0 { return true }
    }
    return false
  }

  private func lineEnd(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int? {
    guard position < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + position, 10, bytes.count - position)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private func number(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var (value, place) = (0, start)
    while place < bytes.count, bytes[place] >= 48, bytes[place] <= 57 {
      value = value * 10 + Int(bytes[place]) - 48
      place += 1
    }
    return value
  }
}

func microseconds() -> Int {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}

func fail(_ text: String) -> Never {
  print("load-generator: \(text)")
  exit(69)
}

/// Requests and their replies on one socket.
final class Connection {
  let descriptor: Int32
  private var scanner: ReplyScanner
  /// The beginning of a reply or an element whose end has not come.
  private var rest: [UInt8] = []
  /// Requests under way, and when they were sent.
  private var underWay = 0
  private var sentAt = 0

  init(path: String, server: Server) {
    scanner = ReplyScanner(server)
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix(107)) }
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    if !isConnected { fail("cannot connect to \(path): \(String(cString: strerror(errno)))") }
  }

  /// Sends requests, this many at once.
  func send(_ bytes: [UInt8], count: Int, at now: Int) {
    (underWay, sentAt) = (count, now)
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      if written <= 0 { fail("the server closed the connection: \(String(cString: strerror(errno)))") }
      done += written
    }
  }

  /// Reads once, into a buffer that all connections share.
  func receive(_ buffer: UnsafeMutableRawBufferPointer, _ tally: inout Tally) {
    rest.withUnsafeBytes { buffer.copyMemory(from: $0) }
    let count = read(descriptor, buffer.baseAddress! + rest.count, buffer.count - rest.count)
    if count <= 0 { fail("the server closed the connection") }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(rest.count + count)])
    var (position, replies) = (0, 0)
    while scanner.scan(bytes, from: &position) { replies += 1 }
    rest.removeAll(keepingCapacity: true)
    rest.append(contentsOf: bytes[position...])
    tally.now = microseconds()
    tally.octets += count
    for _ in 0..<replies { tally.histogram.add(tally.now - sentAt) }
    underWay -= replies
  }

  var isDone: Bool { underWay == 0 }
}

/// What has come.
struct Tally {
  var now = microseconds()
  var octets = 0
  var histogram = Histogram()
}

struct Options {
  var server = Server.bellwether
  var socket = ""
  var requests: [[UInt8]] = []
  var values = ["--connections": 16, "--pipeline": 1, "--seconds": 5, "--seed": 1]

  init?(_ words: [String]) {
    guard words.count >= 3, words.count % 2 == 1, let server = Server(rawValue: words[0]) else { return nil }
    (self.server, socket) = (server, words[1])
    for place in stride(from: 3, to: words.count, by: 2) {
      guard let value = Int(words[place + 1]), values.updateValue(value, forKey: words[place]) != nil else {
        return nil
      }
    }
    guard let file = fopen(words[2], "r") else { return nil }
    defer { fclose(file) }
    var (line, capacity, request): (UnsafeMutablePointer<CChar>?, Int, [UInt8]) = (nil, 0, [])
    while case let length = getline(&line, &capacity, file), length > 0 {
      let bytes = UnsafeRawBufferPointer(start: line, count: length)
      if length == 2, bytes[0] == UInt8(ascii: "=") {
        if !request.isEmpty { requests.append(request) }
        request = []
      } else {
        request += bytes
      }
    }
    if !request.isEmpty { requests.append(request) }
    free(line)
  }
}

/// Latencies by microsecond, up to a second.
struct Histogram {
  private var counts = [Int](repeating: 0, count: 1_000_001)
  private(set) var total = 0
  private(set) var worst = 0

  mutating func add(_ latency: Int) {
    counts[min(latency, counts.count - 1)] += 1
    total += 1
    worst = max(worst, latency)
  }

  func quantile(_ share: Double) -> Int {
    var left = Int(Double(total) * share)
    for (latency, count) in counts.enumerated() {
      left -= count
      if left < 0 { return latency }
    }
    return worst
  }
}

/// Requests at random.
struct Requests {
  let all: [[UInt8]]
  var random: UInt64
  private var batch: [UInt8] = []

  init(_ all: [[UInt8]], seed: Int) { (self.all, random) = (all, UInt64(seed)) }

  mutating func next(_ count: Int) -> [UInt8] {
    batch.removeAll(keepingCapacity: true)
    for _ in 0..<count {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      batch += all[Int(random >> 33) % all.count]
    }
    return batch
  }
}

func run(_ options: Options) {
  var requests = Requests(options.requests, seed: options.values["--seed"]!)
  let depth = options.values["--pipeline"]!
  let connections = (0..<options.values["--connections"]!).map { _ in
    Connection(path: options.socket, server: options.server)
  }
  // All connections share one buffer: it stays in the cache, so that what is measured is the server.
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  let poll = epoll_create1(0)
  for (index, connection) in connections.enumerated() {
    // The greeting.
    if options.server == .bellwether { _ = read(connection.descriptor, buffer.baseAddress!, buffer.count) }
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: UInt64(index)))
    epoll_ctl(poll, EPOLL_CTL_ADD, connection.descriptor, &event)
  }
  var events = [epoll_event](repeating: epoll_event(), count: connections.count)
  var tally = Tally()
  let began = tally.now
  let end = began + options.values["--seconds"]! * 1_000_000
  for connection in connections { connection.send(requests.next(depth), count: depth, at: began) }
  while tally.now < end {
    let ready = epoll_wait(poll, &events, Int32(events.count), 1_000)
    guard ready > 0 else { fail("no reply within a second") }
    for event in events[..<Int(ready)] {
      let connection = connections[Int(event.data.u64)]
      connection.receive(buffer, &tally)
      // A pipeline is filled anew when it is empty, as a client does that sends a batch.
      if connection.isDone { connection.send(requests.next(depth), count: depth, at: tally.now) }
    }
  }
  let seconds = Double(tally.now - began) / 1_000_000
  let histogram = tally.histogram
  print(
    "{\"replies\":\(histogram.total),\"octets\":\(tally.octets),\"seconds\":\(seconds),\"per_s\":\(Int(Double(histogram.total) / seconds)),"
      + "\"p50_us\":\(histogram.quantile(0.5)),\"p99_us\":\(histogram.quantile(0.99)),\"worst_us\":\(histogram.worst)}"
  )
}

guard let options = Options(Array(CommandLine.arguments.dropFirst())), !options.requests.isEmpty else {
  print(usage)
  exit(64)
}
run(options)
