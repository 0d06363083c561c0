import CCrypto

/// SHA-256 (FIPS 180-4) by OpenSSL's libcrypto, which libpq brings along.
struct Digest: ~Copyable {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("SHA-256 could not be begun; this happens only when memory has run out.")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    let isDone = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(isDone == 1, "SHA-256 takes any bytes.")
  }

  consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let isDone = EVP_DigestFinal_ex(context, &digest, nil)
    precondition(isDone == 1, "SHA-256 ends once.")
    return digest
  }
}

extension [UInt8] {
  /// Two lowercase digits an octet.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
