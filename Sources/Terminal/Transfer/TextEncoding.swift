import Glibc

/// The text of a file as UTF-8, and what it was before.
struct DecodedText {
  /// Valid UTF-8 without a byte order mark.
  var bytes: [UInt8]
  /// What it was read as: `UTF-8`, `UTF-16`, `GB18030` or what `--encoding` says.
  var encoding: String

  /// Decodes a whole file. A byte order mark decides; without one it is UTF-8 if it is valid as such, else
  /// GB18030 (which GBK and GB2312 are part of) or, where its octets look like letters with marks among plain ones,
  /// Windows-1252 (which Latin-1 is part of).
  /// - Parameters:
  ///   - name: the file's name, for errors.
  ///   - encoding: a name that iconv knows, which overrides the detection.
  init(_ raw: [UInt8], name: String, encoding: String?) throws(Failure) {
    if let encoding {
      self = try Self.converted(raw[...], from: encoding, name)
      return
    }
    if raw.starts(with: [0xFF, 0xFE]) || raw.starts(with: [0xFE, 0xFF]) {
      self = try Self.converted(raw[...], from: raw[0] == 0xFF ? "UTF-16LE" : "UTF-16BE", name)
      self.encoding = "UTF-16"
      return
    }
    if raw.prefix(4_096).contains(0) {
      throw .data(
        "\(name) holds NUL octets: it is no text, or UTF-16 without its mark (try --encoding UTF-16LE)")
    }
    let problem: Int? = raw.withUnsafeBufferPointer { buffer in
      do throws(UTF8.ValidationError) {
        _ = try UTF8Span(validating: Span(_unsafeElements: buffer))
        return nil
      } catch { return error.byteOffsets.lowerBound }
    }
    guard let problem else {
      bytes = raw
      self.encoding = "UTF-8"
      dropMark()
      return
    }
    for encoding in Self.looksWestern(raw) ? ["WINDOWS-1252", "GB18030"] : ["GB18030", "WINDOWS-1252"] {
      do throws(Failure) { self = try Self.converted(raw[...], from: encoding, name) } catch { continue }
      self.encoding = encoding == "GB18030" ? encoding : "Windows-1252"
      return
    }
    let line = 1 + raw[..<problem].count(where: { $0 == 10 })
    throw .data("\(name):\(line): neither UTF-8, GB18030 nor Windows-1252; name the encoding with --encoding")
  }

  /// Whether text that is not UTF-8 is rather Western than Chinese. Nearly any Western text is valid GB18030 too: `ü`
  /// and the letter after it make an ideograph that nobody uses. But ideographs come in rows and have two octets beyond
  /// ASCII each, and letters with marks stand alone among plain ones.
  private static func looksWestern(_ raw: [UInt8]) -> Bool {
    var (alone, together, run) = (0, 0, 0)
    for byte in raw {
      if byte >= 0x80 {
        run += 1
        continue
      }
      if run == 1 { alone += 1 } else { together += run / 2 }
      run = 0
    }
    return alone + (run == 1 ? 1 : 0) > together + (run > 1 ? run / 2 : 0)
  }

  private init(bytes: [UInt8], encoding: String) {
    self.bytes = bytes
    self.encoding = encoding
    dropMark()
  }

  private mutating func dropMark() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
  }

  /// Converts by iconv, strictly: what the encoding does not define is an error that names the line.
  private static func converted(
    _ raw: ArraySlice<UInt8>, from encoding: String, _ name: String
  ) throws(Failure) -> DecodedText {
    let converter = iconv_open("UTF-8", encoding)
    guard converter != iconv_t(bitPattern: -1), let converter else {
      throw .usage("the encoding \"\(encoding)\" is unknown to this machine; iconv -l lists those it knows")
    }
    defer { iconv_close(converter) }
    var input = Array(raw)
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    let stopped: Int? = input.withUnsafeMutableBytes { buffer -> Int? in
      guard let base = buffer.baseAddress else { return nil }
      var source: UnsafeMutablePointer<CChar>? = base.assumingMemoryBound(to: CChar.self)
      var left = buffer.count
      while left > 0 {
        let (result, count, reason) = piece.withUnsafeMutableBytes { target -> (Int, Int, Int32) in
          var place: UnsafeMutablePointer<CChar>? = target.baseAddress!.assumingMemoryBound(to: CChar.self)
          var room = target.count
          let result = iconv(converter, &source, &left, &place, &room)
          return (result, target.count - room, errno)
        }
        output.append(contentsOf: piece[..<count])
        if result == -1, reason != E2BIG { return buffer.count - left }
      }
      return nil
    }
    guard let stopped else { return DecodedText(bytes: output, encoding: encoding) }
    let line = 1 + output.count(where: { $0 == 10 })
    throw .data("\(name):\(line): octet \(stopped + 1) of the file is not \(encoding)")
  }
}

/// Files as a whole.
enum InputFile {
  /// Octets a file may have: more could not be one upload.
  static let limit = 1 << 30

  /// Reads a file; `-` is standard input.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .usage("cannot read \(path): \(String(cString: strerror(errno)))") }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    let known = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(known, limit) + 1)
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .usage("cannot read \(path): \(String(cString: strerror(errno)))")
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: piece[..<count])
      guard bytes.count <= limit else {
        throw .data(
          "\(path) is larger than \(limit >> 20) MiB, which is more than one import takes; split it")
      }
    }
  }
}
