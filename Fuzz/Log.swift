/// Whatever text is logged stays on its line and in its place. Message and values are parted by NUL.
func fuzzLog(_ input: UnsafeBufferPointer<UInt8>) {
  let texts = input.split(separator: 0, omittingEmptySubsequences: false).map {
    String(decoding: $0, as: UTF8.self)
  }
  let values = texts.dropFirst().enumerated().map { (key: "k\($0)", value: $1) }
  requirePlain(LogText.line(texts[0], values), "a log line")
  for (key, value) in values {
    let line = LogText.line("message", [(key, value)])
    let start = "message \(key)="
    require(line.utf8.starts(with: start.utf8), "another start: \(line)")
    var written = line.utf8.dropFirst(start.utf8.count)
    if written.first == UInt8(ascii: "\"") {
      require(written.count >= 2 && written.last == UInt8(ascii: "\""), "an open quote: \(line)")
      written = written.dropFirst().dropLast()
    } else {
      require(!written.contains(UInt8(ascii: " ")), "\(value.debugDescription) makes another key: \(line)")
    }
    require(!written.contains(UInt8(ascii: "\"")), "a quote in a value: \(line)")
  }
}
