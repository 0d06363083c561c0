import Testing
import Wire

@testable import Terminal

@Suite struct NameColumnsTests {
  private func rows(_ lines: String...) throws -> [JSON] { try lines.map { try JSONParser.parse($0) } }

  @Test func wantsTheNamesThatNoColumnSays() throws {
    let found = NameColumns.wanted(
      of: try rows(
        #"{"id":1,"investor":"I-2","firm":"F-1","by":"token:x"}"#, #"{"id":2,"investor":"I-1","firm":null}"#,
        #"{"id":3,"investor":"I-1","firm":"F-1"}"#))
    #expect(found == [.init(noun: "firm", codes: ["F-1"]), .init(noun: "investor", codes: ["I-1", "I-2"])])
  }

  @Test func leavesAloneWhatHasAName() throws {
    // The name is the firm's in the first, and says nothing of the investor in the second.
    #expect(NameColumns.wanted(of: try rows(#"{"rank":1,"firm":"F-1","name":"One"}"#)).isEmpty)
    #expect(
      NameColumns.wanted(of: try rows(#"{"investor":"I-1","kind":"firm","code":"F-1","name":"One"}"#))
        == [.init(noun: "investor", codes: ["I-1"])])
    #expect(NameColumns.wanted(of: try rows(#"{"firm":"F-1","firm_name":"One"}"#)).isEmpty)
    #expect(NameColumns.wanted(of: try rows(#"{"code":"F-1","name":"One","stage":"seed"}"#)).isEmpty)
  }

  @Test func putsThemBesideTheirCodes() throws {
    let added = NameColumns.added(
      ["firm": ["F-1": "科道量子"]], to: try rows(#"{"id":1,"firm":"F-1","score":5}"#, #"{"id":2,"firm":"F-2"}"#))
    #expect(
      added.map(\.line) == [
        #"{"id":1,"firm":"F-1","firm_name":"科道量子","score":5}"#, #"{"id":2,"firm":"F-2"}"#,
      ])
  }
}

@Suite struct MailTextTests {
  @Test func readsAMessageAsPeopleDo() throws {
    let message = [
      "From: \"Bellwether\" <b@example.org>", "To: =?UTF-8?Q?=E6=9D=8E?=",
      " =?UTF-8?Q?_Wei?= <l@example.org>",
      "Subject: 1 moved: Caf=E9", "Message-ID: <x@y>", "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=\"=_bellwether\"", "", "--=_bellwether",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
      "Good day,", "", "=E7=A7=91=E9=81=93 is =", "first =3D best.", "", "--=_bellwether",
      "Content-Type: text/html; charset=utf-8", "", "<p>no</p>", "--=_bellwether--",
    ]
    #expect(
      try #require(MailText(message)).lines == [
        "From:    \"Bellwether\" <b@example.org>", "To:      李 Wei <l@example.org>",
        "Subject: 1 moved: Caf=E9", "", "Good day,", "", "科道 is first = best.",
      ])
    #expect(MailText(["no message"]) == nil)
    #expect(MailText(["Subject: x", "", "text"]) == nil)
  }
}
