import Testing

@testable import Store

struct ConnectionStringTests {
  @Test(
    arguments: [
      "host=db.example port=5433 dbname=city user=relay password=s3cret",
      "postgresql://relay:s3cret@db.example:5433/city",
      "postgres://relay@db.example:5433/city?password=s3cret",
    ])
  func readsBothForms(_ text: String) throws {
    let target = try ConnectionString(text)
    #expect(target["host"] == "db.example")
    #expect(target["port"] == "5433")
    #expect(target["dbname"] == "city")
    #expect(target["user"] == "relay")
    #expect(target["password"] == "s3cret")
  }

  @Test func addsOnlyWhatIsMissing() throws {
    let plain = try ConnectionString("dbname=city")
    #expect(plain["target_session_attrs"] == "read-write")
    #expect(plain["application_name"] == "bellwether")
    #expect(plain["connect_timeout"] == "5")
    #expect(plain["client_encoding"] == "UTF8")
    let given = try ConnectionString(
      "dbname=city target_session_attrs=any application_name=x connect_timeout=2 keepalives=0")
    #expect(given["target_session_attrs"] == "any")
    #expect(given["application_name"] == "x")
    #expect(given["connect_timeout"] == "2")
    #expect(given["keepalives"] == "0")
  }

  @Test(arguments: ["a'b", "'\u{301}", "a\\", "a\nb", "\t", "", "a b"])
  func describesItselfAsItIsRead(_ name: String) throws {
    let target = try ConnectionString("host=a").with("dbname", name)
    #expect(try ConnectionString(target.description)["dbname"]?.utf8.elementsEqual(name.utf8) == true)
  }

  @Test func describesItselfWithoutThePassword() throws {
    let target = try ConnectionString("host=a user=u password='s3 cret' sslpassword=s3cret dbname='my city'")
    #expect(target.description.hasPrefix("host=a dbname='my city' user=u "))
    #expect(target.description.contains("password=***"))
    var dumped = ""
    dump(target, to: &dumped)
    for text in [target.description, "\(target)", String(reflecting: target), dumped] {
      #expect(!text.contains("cret"))
    }
  }

  @Test(
    arguments: [
      "password=hunter2 hunter2 more", "password='hunter2", "password=x hunter2=1", "hunter2 password=x",
      "postgresql://u:hunter2%zz@host/db", "postgresql://u:a/hunter2@host/db",
      "postgresql://u:a?hunter2@host/db",
      "postgresql://u:hunter2@[::1/db", "postgresql://u:hunter2@[::1]x/db",
      "postgresql://u:x@host/db?hunter2",
      "postgresql://u:x@host/db?a=hunter2=c", "postgresql://u:hunter2%00@host/db",
      "postgresql://u:hunter2/db",
      "password=hunter2 port=x", "password=hunter2 connect_timeout=y", "postgresql://u:hunter2@[::1]\"x/db",
      "postgresql://u:x@host/db?\u{301}hunter2", "postgresql://\u{301}:hunter2@h/d?x",
      "postgresql://u:a/\u{301}hunter2@host/db",
      "postgresql://u:hunter2@a\"\"[]:1\"x/db", "postgresql://u:\"hunter2@[::1]x", "password=\"hunter2\" x",
    ])
  func complainsWithoutThePassword(_ text: String) {
    let error = #expect(throws: StoreError.self) { try ConnectionString(text) }
    #expect(error?.kind == "misconfigured")
    #expect(error.map { "\($0)".utf8.firstRange(of: "hunter2".utf8) == nil } == true)
  }

  @Test func namesAnUnknownOption() {
    let error = #expect(throws: StoreError.self) { try ConnectionString("host=a databse=b") }
    #expect(error.map { "\($0)".contains("databse") } == true)
  }

  @Test func splitsHosts() throws {
    let target = try ConnectionString("host=a,b,/run/postgresql port=1,2,3 dbname=x")
    #expect(target.attempts.map(\.place) == ["a:1", "b:2", "/run/postgresql:3"])
    #expect(target.attempts.allSatisfy { $0["dbname"] == "x" })
    let onePort = try ConnectionString("postgresql://a,b/x?port=7")
    #expect(onePort.attempts.map(\.place) == ["a:7", "b:7"])
    #expect(try ConnectionString("dbname=x").attempts.count == 1)
  }

  @Test func prefersStandbysInTwoRounds() throws {
    let target = try ConnectionString("host=a,b target_session_attrs=prefer-standby")
    #expect(
      target.attempts.map { "\($0["host"]!) \($0["target_session_attrs"]!)" }
        == ["a standby", "b standby", "a any", "b any"])
  }

  @Test(
    arguments: [
      "host=a,b,c port=1,2", "host=a,b hostaddr=127.0.0.1", "host=a port=0", "host=a port=65536",
      "host=a port=x",
      "host=a target_session_attrs=best", "host=a connect_timeout=soon", "host=a\0b",
    ])
  func refuses(_ text: String) {
    let error = #expect(throws: StoreError.self) { try ConnectionString(text) }
    #expect(error?.kind == "misconfigured")
  }
}
