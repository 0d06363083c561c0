import Documents
import Domain

/// A small roadshow, whose tests change what they are about.
enum ShowFixture {
  /// 2026-11-26 09:00 in Shanghai.
  static let start = 1_795_654_800

  static let hostile = "=<script>alert('科')</script> & \"x\", y; z\\ \r\nBEGIN:VEVENT\u{2028}\u{1B}[31m"

  static func delegation(_ code: String, _ name: String, _ nameZh: String? = nil, _ persons: [String] = [])
    -> Programme.Delegation
  {
    Programme.Delegation(
      code: code, name: name, nameZh: nameZh,
      persons: persons.enumerated().map { .init(code: "\(code)-P\($0.offset)", name: $0.element) })
  }

  static let firm = delegation("F-1", "Kedao Quantum", "科道量子", ["李伟", "Ann O'Hara"])
  static let investor = delegation("I-1", "City Seed Fund", "城市种子基金", ["王芳"])
  static let other = delegation("I-2", "Quiet Capital", nil, [])
  static let table = Programme.Table(number: 12, name: "Lotus", room: "Hall A")

  static let meeting = Programme.Appointment(
    .meeting(17), sequence: 2, start: start, end: start + 1_500, slot: 1, table: table, firm: firm,
    investor: investor)
  static let pitch = Programme.Appointment(.pitch, start: start - 3_600, end: start - 3_300, firm: firm)

  static func programme(
    _ appointments: [Programme.Appointment],
    zone: ZoneOffsets = ZoneOffsets(name: "Asia/Shanghai", initial: 28_800),
    slots: [Programme.Slot]? = nil, tables: [Programme.Table] = [table]
  ) -> Programme {
    Programme(
      code: "R-1", name: "Hefei Autumn Roadshow", nameZh: "合肥秋季路演", city: "合肥", venue: "Convention Centre",
      zone: zone, plan: 3, madeAt: start - 86_400,
      organizer: Mailbox("The desk", MailAddress("desk@example.org")!),
      slots: slots
        ?? (0..<3).map { .init(number: $0 + 1, start: start + $0 * 1_800, end: start + $0 * 1_800 + 1_500) },
      tables: tables, appointments: appointments)
  }

  static func recipient(
    _ delegation: Programme.Delegation = firm, _ language: SheetLanguage = .english, person: Int? = nil
  ) -> Programme.Recipient {
    Programme.Recipient(
      delegation, side: delegation.code.hasPrefix("F") ? .firm : .investor,
      person: person.map { delegation.persons[$0] }, language: language)
  }
}
