import Foundation
import Store
import TestSupport
import Testing

/// The client over TLS, as somebody runs it who has got something wrong.
@Suite(.timeLimit(.minutes(20))) struct TLSClientTests {
  private struct Outcome {
    var status: Int32
    var output: String
  }

  private static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: DaemonProcess.programs + "/bellwether")
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: output)
  }

  @Test func itSignsInAndSaysWhatIsWrong() async throws {
    let folder = try TemporaryFolder(prefix: "bwt-tlc")
    defer { folder.remove() }
    let certificates = try TestCertificates(in: folder)
    let daemon = try await DaemonProcess(
      database: try await TestCluster.shared.makeDatabase(), tcp: "127.0.0.1:0", arguments: certificates.flags
    )
    try check(try daemon.connect(), "TOKEN ADD desk role=organizer", "250 ok")
    let place = "tls://localhost:\(try daemon.tlsPort)"
    let address = "tls://127.0.0.1:\(try daemon.tlsPort)"
    let desk = try certificates.client("desk")
    let trusting = ["--connect", place, "--ca", certificates.authority]
    let proving = trusting + ["--certificate", desk.certificate, "--key", desk.key]

    let nobody = try Self.run(trusting + ["whoami"])
    #expect(nobody.status == 0 && nobody.output.contains("\"role\":\"none\""), "\(nobody)")
    for arguments in [proving, ["--connect", address] + proving.dropFirst(2)] {
      let known = try Self.run(arguments + ["whoami"])
      #expect(known.status == 0 && known.output.contains("token:desk"), "\(known)")
    }
    let byEnvironment = try Self.run(
      ["whoami"],
      environment: [
        "BELLWETHER_CONNECT": place, "BELLWETHER_CA": certificates.authority,
        "BELLWETHER_CERTIFICATE": desk.certificate, "BELLWETHER_KEY": desk.key,
      ])
    #expect(byEnvironment.status == 0 && byEnvironment.output.contains("token:desk"), "\(byEnvironment)")

    func refuses(_ arguments: [String], _ status: Int32, _ words: String) throws {
      let said = try Self.run(arguments + ["ping"])
      #expect(said.status == status && said.output.contains(words), "\(words): \(said)")
    }
    try refuses(["--connect", place], 69, "is signed by no authority that is trusted here; --ca FILE")
    let plain = "tls://127.0.0.1:\(try daemon.tcpPort)"
    try refuses(["--connect", plain, "--ca", certificates.authority], 69, "does not speak TLS")
    let wrong = "127.0.0.1:\(try daemon.tlsPort)"
    try refuses(["--connect", wrong], 64, "this port speaks TLS")
    let unknown = try certificates.client("unknown")
    try refuses(
      trusting + ["--certificate", unknown.certificate, "--key", unknown.key], 77, "auth-failed: this token")
    try refuses(trusting + ["--certificate", desk.certificate], 64, "--certificate stands alone")
    try refuses(
      trusting + ["--certificate", desk.certificate, "--key", unknown.key], 64, "is not the key of")
    try refuses(trusting + ["--certificate", desk.key, "--key", desk.key], 64, "holds no certificate in PEM")
    try refuses(["--connect", place, "--ca", "/nonexistent"], 64, "No such file")

    for (names, days, words) in [
      ("DNS:elsewhere.example", 20, "is not for that name"), ("DNS:localhost", -1, "expired on 20"),
    ] {
      try certificates.issue("server", subject: "/CN=localhost", names: names, days: days)
      daemon.signal(SIGHUP)
      try await daemon.waitForLog("notice reloaded", times: days > 0 ? 1 : 2)
      try refuses(trusting, 69, words)
    }
    #expect(daemon.stop() == 0)
  }

  @Test func aDaemonSaysWhatIsWrongWithItsFiles() throws {
    let folder = try TemporaryFolder(prefix: "bwt-tlc")
    defer { folder.remove() }
    let certificates = try TestCertificates(in: folder)
    try certificates.issue("other", subject: "/CN=x")
    let (certificate, key) = (certificates.path("server.crt"), certificates.path("server.key"))
    try TestCertificates.openssl(
      ["ec", "-in", key, "-aes256", "-passout", "pass:x", "-out", certificates.path("locked.key")])
    func refuses(_ certificate: String, _ key: String, _ words: String, more: [String] = []) throws {
      let flags = ["--state-dir", folder.path + "/state", "--tls-certificate", certificate, "--tls-key", key]
      for command in ["serve", "check-config"] {
        let said = try DaemonProcess.run([command] + flags + more)
        #expect(said.status == 78 && said.output.contains(words), "\(words): \(said)")
      }
    }
    try refuses("/nonexistent", key, "tls_certificate /nonexistent: No such file or directory")
    try refuses(key, key, "tls_certificate \(key): holds no certificate in PEM")
    try refuses(certificate, certificate, "tls_key \(certificate): can be read by every user")
    #expect(chmod(certificate, 0o600) == 0)
    try refuses(certificate, certificate, "tls_key \(certificate): holds no private key in PEM")
    let other = certificates.path("other.key")
    try refuses(certificate, other, "tls_key \(other): is not the key of the certificate in \(certificate)")
    try refuses(certificate, certificates.path("locked.key"), "is encrypted; store it without a passphrase")
    try refuses(certificate, folder.path, "is no file")
    try refuses(
      certificate, key, "tls_client_ca \(key): holds no certificate", more: ["--tls-client-ca", key])
    #expect(chmod(key, 0o644) == 0)
    try refuses(
      certificate, key, "tls_key \(key): can be read by every user of this machine; chmod 600 or 640")
  }
}
