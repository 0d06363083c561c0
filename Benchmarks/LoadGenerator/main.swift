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

struct Connection {
  let descriptor: Int32
  var scanner: ReplyScanner
  var input: [UInt8] = []
  /// When each request under way was sent, oldest first.
  var sent: [Int] = []

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

  mutating func send(_ bytes: [UInt8], count: Int) {
    let now = microseconds()
    for _ in 0..<count { sent.append(now) }
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      if written <= 0 { fail("the server closed the connection: \(String(cString: strerror(errno)))") }
      done += written
    }
  }
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

func run(_ options: Options) {
  var random = UInt64(options.values["--seed"]!)
  let requests = options.requests
  func next(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<count {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes += requests[Int(random >> 33) % requests.count]
    }
    return bytes
  }
  let depth = options.values["--pipeline"]!
  var connections = (0..<options.values["--connections"]!).map { _ in
    Connection(path: options.socket, server: options.server)
  }
  var descriptors = connections.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
  var buffer = [UInt8](repeating: 0, count: 1 << 18)
  // The greeting.
  if options.server == .bellwether {
    for connection in connections { _ = read(connection.descriptor, &buffer, buffer.count) }
  }
  var (histogram, octets) = (Histogram(), 0)
  let began = microseconds()
  let end = began + options.values["--seconds"]! * 1_000_000
  for index in connections.indices { connections[index].send(next(depth), count: depth) }
  var now = began
  while now < end {
    guard poll(&descriptors, nfds_t(descriptors.count), 1_000) > 0 else { fail("no reply within a second") }
    now = microseconds()
    for index in descriptors.indices where descriptors[index].revents != 0 {
      let count = read(descriptors[index].fd, &buffer, buffer.count)
      if count <= 0 { fail("the server closed the connection") }
      octets += count
      connections[index].input += buffer[..<count]
      var (position, replies) = (0, 0)
      connections[index].input.withUnsafeBytes { bytes in
        while connections[index].scanner.scan(bytes, from: &position) { replies += 1 }
      }
      connections[index].input.removeFirst(position)
      for place in 0..<replies { histogram.add(now - connections[index].sent[place]) }
      connections[index].sent.removeFirst(replies)
      // A pipeline is filled anew when it is empty, as a client does that sends a batch.
      if connections[index].sent.isEmpty { connections[index].send(next(depth), count: depth) }
    }
  }
  let seconds = Double(microseconds() - began) / 1_000_000
  print(
    "{\"replies\":\(histogram.total),\"octets\":\(octets),\"seconds\":\(seconds),\"per_s\":\(Int(Double(histogram.total) / seconds)),"
      + "\"p50_us\":\(histogram.quantile(0.5)),\"p99_us\":\(histogram.quantile(0.99)),\"worst_us\":\(histogram.worst)}"
  )
}

guard let options = Options(Array(CommandLine.arguments.dropFirst())), !options.requests.isEmpty else {
  print(usage)
  exit(64)
}
run(options)
