/// What somebody who asks the daemon for something may do; docs/SECURITY.md says it command by command.
public enum Role: String, Sendable, Hashable, CaseIterable {
  /// Data, policies, rankings, plans.
  case organizer
  /// One investor's own profile and lists, or those of its house.
  case investor
  /// One firm's own profile.
  case firm
  /// What cron does at night.
  case job
  /// Tokens, connections.
  case admin
  /// How the daemon is.
  case monitor

  /// The noun whose own object it is about, for the roles of a party.
  public var party: Noun? {
    switch self {
    case .investor: .investor
    case .firm: .firm
    case .organizer, .job, .admin, .monitor: nil
    }
  }
}
