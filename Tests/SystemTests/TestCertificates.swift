import Foundation
import TestSupport

/// Authorities and certificates of a test's own, made by the command `openssl`.
struct TestCertificates {
  let folder: String

  init(in folder: TemporaryFolder) throws {
    self.folder = folder.path
    try makeAuthority("ca")
    try issue("server", subject: "/CN=localhost", names: "DNS:localhost,IP:127.0.0.1")
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }
  var authority: String { path("ca.crt") }

  /// Flags of a daemon that listens for TLS and knows clients by the authority.
  var flags: [String] {
    [
      "--listen-tls", "127.0.0.1:0", "--tls-certificate", path("server.crt"), "--tls-key", path("server.key"),
      "--tls-client-ca", authority,
    ]
  }

  func makeAuthority(_ name: String) throws {
    try Self.openssl(
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        + ["-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).crt")]
        + ["-addext", "basicConstraints=critical,CA:TRUE"])
  }

  /// Makes NAME.crt and NAME.key; anew where there are some. With a day less than none it has expired.
  func issue(
    _ name: String, subject: String, names: String? = nil, by authority: String = "ca", days: Int = 20
  ) throws {
    try Self.openssl(
      ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject]
        + ["-keyout", path("\(name).key"), "-out", path("\(name).csr")])
    let extensions = path("\(name).ext")
    try (names.map { "subjectAltName=\($0)\n" } ?? "basicConstraints=CA:FALSE\n").write(
      toFile: extensions, atomically: true, encoding: .utf8)
    try Self.openssl(
      ["x509", "-req", "-in", path("\(name).csr"), "-CA", path("\(authority).crt")]
        + ["-CAkey", path("\(authority).key"), "-days", "\(days)", "-extfile", extensions]
        + ["-set_serial", "0x\(UUID().uuidString.filter(\.isHexDigit).prefix(16))"]
        + ["-out", path("\(name).crt")])
  }

  /// A client's certificate of this common name.
  func client(
    _ name: String, by authority: String = "ca", days: Int = 20
  ) throws -> (certificate: String, key: String) {
    let file = "client-\(authority)-\(name)-\(days)"
    try issue(file, subject: "/O=Tests/CN=\(name)", by: authority, days: days)
    return (path("\(file).crt"), path("\(file).key"))
  }

  static func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let words = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw LineClient.Failure(description: "openssl \(arguments.joined(separator: " ")): \(words)")
    }
  }
}
