import Wire

/// Whatever text stands in a reply, it stays on its line, and a client reads back what was meant. Texts of the input
/// are parted by NUL.
func fuzzReply(_ input: UnsafeBufferPointer<UInt8>) {
  let texts = input.split(separator: 0, omittingEmptySubsequences: false).map {
    String(decoding: $0, as: UTF8.self)
  }
  checkLast(texts)
  checkRows(texts)
  // A client reads what any daemon may send.
  _ = ReplyLine(parsing: texts[0])
}

private func checkLast(_ texts: [String]) {
  let code = ReplyCode.allCases[texts[0].utf8.count % ReplyCode.allCases.count]
  let attributes = texts.dropFirst().prefix(8).enumerated().map { Attribute("a\($0)", $1) }
  let text = LastLine(code, attributes, sentence: texts.last).text
  requirePlain(text, "a last line")
  guard case .last(let last) = ReplyLine(parsing: text) else { fatalError("no reply line: \(text)") }
  require(last.code == code.rawValue && last.symbol == code.symbol, "another code: \(text)")
  require(last.attributes.count == attributes.count, "other attributes: \(text)")
  for (read, meant) in zip(last.attributes, attributes) where isPlain(meant.value) {
    require(isSame(read.value, meant.value), "\(meant) is read as \(read)")
  }
  if let sentence = texts.last, isPlain(sentence) {
    require(last.sentence.map { isSame($0, sentence) } == true, "another sentence: \(text)")
  }
}

private func isPlain(_ text: String) -> Bool {
  !text.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) }
}

private func checkRows(_ texts: [String]) {
  let row = texts.enumerated().map { JSON.Member("m\($0)", .string($1)) }
  var bytes: [UInt8] = []
  var json = RowWriter(format: .json)
  json.write(row, to: &bytes)
  requireLines(bytes, 1)
  guard let read = try? JSONParser.parse(String(decoding: bytes.dropFirst(4), as: UTF8.self)) else {
    fatalError("no JSON: \(bytes)")
  }
  require(isSame(read.line, JSON.object(row).line), "\(row) is read as \(read)")

  bytes = []
  var tsv = RowWriter(format: .tsv)
  tsv.write(row, to: &bytes)
  tsv.write([.init("list", .array(texts.map { .string($0) }))], to: &bytes)
  requireLines(bytes, 3)

  bytes = []
  var fields = RowWriter(format: texts.count % 2 == 0 ? .tsv : .json)
  fields.write(to: &bytes) { fields in
    for text in texts { fields.text("t", text) }
  }
  requireLines(bytes, texts.count % 2 == 0 ? 2 : 1)
}

private func requireLines(_ bytes: [UInt8], _ count: Int) {
  require(bytes.last == 10 && bytes.count { $0 == 10 } == count, "not \(count) lines")
  for line in bytes.split(separator: 10) { require(line.starts(with: "250-".utf8), "a line of its own") }
}
