import Domain
import Testing

@testable import Documents

@Suite struct SheetCSVTests {
  @Test func aRowIsAnAppointment() {
    var cancelled = ShowFixture.meeting
    cancelled.isCancelled = true
    cancelled.start += 1_800
    cancelled.investor = ShowFixture.other
    let programme = ShowFixture.programme([cancelled, ShowFixture.meeting, ShowFixture.pitch])
    #expect(
      programme.csv.text
        == """
        kind,meeting,state,sequence,starts_at,ends_at,slot,table,table_name,room,firm,firm_name,firm_name_zh,firm_persons,investor,investor_name,investor_name_zh,investor_persons
        pitch,,confirmed,0,2026-11-26T08:00:00+08:00,2026-11-26T08:05:00+08:00,,,,,F-1,Kedao Quantum,科道量子,李伟; Ann O'Hara,,,,
        meeting,17,confirmed,2,2026-11-26T09:00:00+08:00,2026-11-26T09:25:00+08:00,1,12,Lotus,Hall A,F-1,Kedao Quantum,科道量子,李伟; Ann O'Hara,I-1,City Seed Fund,城市种子基金,王芳
        meeting,17,cancelled,2,2026-11-26T09:30:00+08:00,2026-11-26T09:25:00+08:00,1,12,Lotus,Hall A,F-1,Kedao Quantum,科道量子,李伟; Ann O'Hara,I-2,Quiet Capital,,

        """.replacing("\n", with: "\r\n"))
    #expect(programme.csv(for: ShowFixture.recipient(ShowFixture.investor)).lines.count == 2)
    #expect(programme.csv(for: ShowFixture.recipient(ShowFixture.firm)).lines.count == 4)
  }

  @Test(
    arguments: [
      ("", ""), ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), (" a", "\" a\""),
      ("=1+1", "'=1+1"), ("+86 10", "'+86 10"), ("-1", "-1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), ("＝1", "'＝1"),
      ("\t=1", "' =1"), ("\r\n=1", "'  =1"), ("\u{3000}＠x", "'\u{3000}＠x"), ("a=b", "a=b"),
      ("a\r\nb", "a  b"),
      ("=\u{301}1", "'=\u{301}1"), ("a\"\u{301},\u{301}b", "\"a\"\"\u{301},\u{301}b\""),
    ])
  func fieldsAreHarmless(_ text: String, _ field: String) {
    #expect(Array(SheetCSV.field(text).unicodeScalars) == Array(field.unicodeScalars))
  }
}
