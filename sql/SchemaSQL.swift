/// One numbered step of the database's schema.
public struct Migration: Sendable, Hashable {
  /// From 1, without gaps.
  public let number: Int
  /// What the file's name says behind the number.
  public let name: String
  /// The statements, which run in one transaction.
  public let sql: String

  public init(number: Int, name: String, sql: String) {
    self.number = number
    self.name = name
    self.sql = sql
  }

  private init(_ number: Int, _ name: String, _ bytes: [UInt8]) {
    self.init(number: number, name: name, sql: String(decoding: bytes, as: UTF8.self))
  }

  fileprivate static func embedded() -> [Migration] {
    [
      Migration(1, "registry", PackageResources.m0001_registry_sql),
      Migration(2, "sectors", PackageResources.m0002_sectors_sql),
      Migration(3, "revisions", PackageResources.m0003_revisions_sql),
      Migration(4, "tokens", PackageResources.m0004_tokens_sql),
      Migration(5, "audit_seal", PackageResources.m0005_audit_seal_sql),
      Migration(6, "row_security", PackageResources.m0006_row_security_sql),
      Migration(7, "names", PackageResources.m0007_names_sql),
      Migration(8, "introductions", PackageResources.m0008_introductions_sql),
      Migration(9, "roadshows", PackageResources.m0009_roadshows_sql),
      Migration(10, "relay", PackageResources.m0010_relay_sql),
      Migration(11, "steady_records", PackageResources.m0011_steady_records_sql),
      Migration(12, "lists_in_one_pass", PackageResources.m0012_lists_in_one_pass_sql),
      Migration(13, "revisions_by_number", PackageResources.m0013_revisions_by_number_sql),
      Migration(14, "pitches", PackageResources.m0014_pitches_sql),
      Migration(15, "bounds", PackageResources.m0015_bounds_sql),
      Migration(16, "meetings_and_introductions", PackageResources.m0016_meetings_and_introductions_sql),
      Migration(17, "said_stays_said", PackageResources.m0017_said_stays_said_sql),
      Migration(18, "calendars", PackageResources.m0018_calendars_sql),
    ]
  }
}

/// The schema of the database, as the steps that lead to it.
///
/// A migration is never edited once it is released: databases remember its checksum. A new file of
/// `migrations/` gets a line above.
public enum SchemaSQL {
  /// In order.
  public static let migrations = Migration.embedded()
}
