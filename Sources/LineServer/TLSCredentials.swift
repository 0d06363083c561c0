import NIOSSL
import Synchronization

/// What TLS listeners prove themselves with. It can be replaced while they listen: connections that begin from then on
/// use the new one.
public final class TLSCredentials: Sendable {
  private let state: Mutex<(context: NIOSSLContext, expires: Int)>

  /// - Throws: the first file that cannot be used.
  public init(_ files: TLSFiles) throws(TLSFileError) { state = Mutex(try files.load()) }

  /// Reads the files anew. What cannot be used changes nothing.
  public func replace(with files: TLSFiles) throws(TLSFileError) {
    let loaded = try files.load()
    state.withLock { $0 = loaded }
  }

  /// The second (since 1970) after which the certificate is good no more.
  public var expires: Int { state.withLock { $0.expires } }

  var context: NIOSSLContext { state.withLock { $0.context } }
}
