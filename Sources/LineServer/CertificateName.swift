import CCrypto

/// The name in a certificate's subject.
enum CertificateName {
  /// The common name; empty where there is none, more than one, or one that is no text.
  /// - Parameter certificate: DER.
  static func of(_ certificate: [UInt8]) -> String {
    let parsed: OpaquePointer? = certificate.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_X509(nil, &start, bytes.count)
    }
    guard let parsed else { return "" }
    defer { X509_free(parsed) }
    let subject = X509_get_subject_name(parsed)
    let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    guard index >= 0, X509_NAME_get_index_by_NID(subject, NID_commonName, index) < 0 else { return "" }
    var text: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)))
    guard count > 0, let text else { return "" }
    defer { CRYPTO_free(text, nil, 0) }
    let octets = UnsafeBufferPointer(start: text, count: Int(count))
    // PostgreSQL has no text with a zero, and a name that goes on behind one is a trick.
    return octets.contains(0) ? "" : String(decoding: octets, as: UTF8.self)
  }
}
