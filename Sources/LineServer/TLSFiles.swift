import NIOCore
import NIOSSL

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The files a TLS listener proves itself with, and by which it knows its clients; all PEM.
public struct TLSFiles: Sendable, Hashable {
  /// The certificate of the listener, then those of the authorities between it and a root.
  public var certificate: String
  public var key: String
  /// The authorities whose certificates sign clients in; without it no client is asked for one.
  public var clientAuthority: String?
  /// Whether a client without a certificate is turned away.
  public var requiresClientCertificate: Bool

  public init(
    certificate: String, key: String, clientAuthority: String? = nil, requiresClientCertificate: Bool = false
  ) {
    self.certificate = certificate
    self.key = key
    self.clientAuthority = clientAuthority
    self.requiresClientCertificate = requiresClientCertificate
  }

  /// No certificate file is longer, in octets.
  private static let longest = 1 << 20
  /// What a client may be late with its own goodbye, before the connection is closed without.
  private static let goodbyeTime = TimeAmount.milliseconds(500)

  /// Reads and checks them.
  /// - Returns: what connections are made with, and the second after which the certificate is good no more.
  func load() throws(TLSFileError) -> (context: NIOSSLContext, expires: Int) {
    let chain = try certificates(certificate, .certificate)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try privateKey()))
    configuration.minimumTLSVersion = .tlsv13
    configuration.shutdownTimeout = Self.goodbyeTime
    if let clientAuthority {
      configuration.trustRoots = .certificates(try certificates(clientAuthority, .clientAuthority))
      configuration.certificateVerification =
        requiresClientCertificate ? .noHostnameVerification : .optionalVerification
      configuration.sendCANameList = true
    }
    do {
      return (try NIOSSLContext(configuration: configuration), chain[0].notValidAfter)
    } catch {
      // Each file is readable by itself.
      throw TLSFileError(.key, key, "is not the key of the certificate in \(certificate)")
    }
  }

  private func certificates(_ path: String, _ part: TLSFileError.Part) throws(TLSFileError)
    -> [NIOSSLCertificate]
  {
    let bytes = try Self.read(path, part)
    guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
      throw TLSFileError(part, path, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    }
    return found
  }

  private func privateKey() throws(TLSFileError) -> NIOSSLPrivateKey {
    let bytes = try Self.read(key, .key, isSecret: true)
    if let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) { return key }
    let isEncrypted = String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED")
    throw TLSFileError(
      .key, key,
      isEncrypted
        ? "is encrypted; store it without a passphrase, readable by the daemon's user alone"
        : "holds no private key in PEM (-----BEGIN PRIVATE KEY-----)")
  }

  private static func read(_ path: String, _ part: TLSFileError.Part, isSecret: Bool = false)
    throws(TLSFileError) -> [UInt8]
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TLSFileError(part, path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw TLSFileError(part, path, "is no file")
    }
    guard !isSecret || status.st_mode & 0o007 == 0 else {
      throw TLSFileError(part, path, "can be read by every user of this machine; chmod 600 or 640")
    }
    guard status.st_size <= longest else {
      throw TLSFileError(part, path, "is longer than \(longest) octets; that is no PEM file of ours")
    }
    var bytes = [UInt8](repeating: 0, count: longest)
    var count = 0
    while count < bytes.count {
      let got = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard got >= 0 else { throw TLSFileError(part, path, String(cString: strerror(errno))) }
      guard got > 0 else { break }
      count += got
    }
    return Array(bytes[..<count])
  }
}

/// Why a TLS listener cannot be had: the setting, the file, and what would be right.
public struct TLSFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Named as its setting is.
  public enum Part: String, Sendable {
    case certificate = "tls_certificate"
    case key = "tls_key"
    case clientAuthority = "tls_client_ca"
  }

  public var part: Part
  public var path: String
  public var reason: String

  init(_ part: Part, _ path: String, _ reason: String) {
    self.part = part
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(part.rawValue) \(path): \(reason)" }
}
