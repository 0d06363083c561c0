import Testing

@testable import Terminal

@Suite struct TextEncodingTests {
  private func read(_ bytes: [UInt8], encoding: String? = nil) throws -> (text: String, encoding: String) {
    let decoded = try DecodedText(bytes, name: "f.csv", encoding: encoding)
    return (String(decoding: decoded.bytes, as: UTF8.self), decoded.encoding)
  }

  @Test func readsUTF8WithAndWithoutItsMark() throws {
    #expect(try read(Array("名称,code".utf8)) == ("名称,code", "UTF-8"))
    #expect(try read([0xEF, 0xBB, 0xBF] + Array("名称".utf8)) == ("名称", "UTF-8"))
    #expect(try read([]) == ("", "UTF-8"))
  }

  @Test func detectsGB18030() throws {
    // 合肥, and 㐀, which only the four-octet part of GB18030 has.
    #expect(try read([0xBA, 0xCF, 0xB7, 0xCA, 0x2C, 0x31]) == ("合肥,1", "GB18030"))
    #expect(try read([0xBA, 0xCF, 0x81, 0x39, 0xEE, 0x39]) == ("合㐀", "GB18030"))
  }

  @Test func tellsWesternTextFromChinese() throws {
    func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }
    let german = "code,name\nF-1,Müller Söhne GmbH\nF-2,Société Générale\nF-3,Größe\n"
    #expect(try read(latin(german)) == (german, "Windows-1252"))
    #expect(try read(latin("F-1,Café")) == ("F-1,Café", "Windows-1252"))
    #expect(try read([0x80] + latin("5M")) == ("€5M", "Windows-1252"))
    // 镕 has a second octet in ASCII: 朱镕基,A.
    #expect(try read([0xD6, 0xEC, 0xE9, 0x46, 0xBB, 0xF9, 0x2C, 0x41]).encoding == "GB18030")
  }

  @Test func readsUTF16WithItsMark() throws {
    #expect(try read([0xFF, 0xFE, 0x61, 0x00, 0x08, 0x54]) == ("a合", "UTF-16"))
    #expect(try read([0xFE, 0xFF, 0x00, 0x61, 0x54, 0x08]) == ("a合", "UTF-16"))
  }

  @Test func refusesWhatIsNeither() {
    #expect(
      throws: Failure.data(
        "f.csv:2: neither UTF-8, GB18030 nor Windows-1252; name the encoding with --encoding")
    ) {
      try read(Array("a\nb".utf8) + [0x81, 0x20])
    }
    #expect {
      try read([0x61, 0, 0x62, 0])
    } throws: {
      ($0 as? Failure)?.message.contains("NUL") == true
    }
  }

  @Test func takesTheEncodingItIsTold() throws {
    #expect(try read([0x4D, 0xFC, 0x6C], encoding: "ISO-8859-1") == ("Mül", "ISO-8859-1"))
    #expect(throws: Failure.data("f.csv:2: octet 3 of the file is not UTF-8")) {
      try read([0x61, 0x0A, 0xFF], encoding: "UTF-8")
    }
    #expect {
      try read([0x61], encoding: "KLINGON")
    } throws: {
      ($0 as? Failure)?.status == 64
    }
  }

  /// Half a character at the end is an error, not nothing.
  @Test func refusesACharacterCutInTwo() {
    #expect(throws: Failure.self) { try read([0x61, 0xBA], encoding: "GB18030") }
  }
}
