import Glibc
import NIOCore
import NIOSSL

/// What TLS is told: whom to trust, and how to prove who asks.
struct TLSOptions: Sendable, Hashable {
  /// PEM file of the authorities that are trusted; nil for those of the system.
  var authorities: String?
  /// PEM file of this client's certificate and those above it.
  var certificate: String?
  /// PEM file of its key.
  var key: String?

  /// What the options say, else what the environment says.
  init(_ invocation: Invocation, environment: [String: String]) {
    func value(_ option: String?, _ variable: String) -> String? {
      option ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
    authorities = value(invocation.authorities, "BELLWETHER_CA")
    certificate = value(invocation.certificate, "BELLWETHER_CERTIFICATE")
    key = value(invocation.key, "BELLWETHER_KEY")
  }

  init() {}

  /// Reads the files.
  /// - Throws: a usage failure that names the file, and what would be right.
  func context() throws(Failure) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    // A daemon that does not answer the goodbye is not waited for longer.
    configuration.shutdownTimeout = .seconds(1)
    if let authorities {
      configuration.trustRoots = .certificates(try Self.certificates(authorities, "--ca"))
    }
    guard (certificate == nil) == (key == nil) else {
      throw .usage(
        "--certificate and --key go together; \(certificate == nil ? "--key" : "--certificate") stands alone")
    }
    if let certificate, let key {
      let chain = try Self.certificates(certificate, "--certificate")
      configuration.certificateChain = chain.map { .certificate($0) }
      guard let read = try? NIOSSLPrivateKey(bytes: try Self.read(key, "--key"), format: .pem) else {
        throw .usage("--key \(key) holds no private key in PEM without a passphrase")
      }
      configuration.privateKey = .privateKey(read)
    }
    do { return try NIOSSLContext(configuration: configuration) } catch {
      throw .usage("--key \(key ?? "") is not the key of the certificate in \(certificate ?? "")")
    }
  }

  private static func certificates(_ path: String, _ option: String) throws(Failure) -> [NIOSSLCertificate] {
    let bytes = try read(path, option)
    guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
      throw .usage("\(option) \(path) holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    }
    return found
  }

  /// No file of certificates is longer, in octets; those of a whole system are shorter.
  private static let longest = 4 << 20

  private static func read(_ path: String, _ option: String) throws(Failure) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      throw .usage("\(option) \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: longest)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw .usage("\(option) \(path): \(String(cString: strerror(errno)))") }
    return Array(bytes[..<count])
  }
}
