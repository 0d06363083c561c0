/// For whom a connection of a ``Pool`` is borrowed: what it is shared out by.
public struct Borrower: Sendable, Hashable {
  /// Those of one name share.
  public var name: String
  /// Whether it may have what the pool keeps in reserve.
  public var mayUseReserve: Bool
  /// Whether its request may keep a connection for long. Slow requests have a share of their own, which leaves twice the
  /// reserve to the others.
  public var isSlow: Bool

  public init(name: String, mayUseReserve: Bool = false, isSlow: Bool = false) {
    self.name = name
    self.mayUseReserve = mayUseReserve
    self.isSlow = isSlow
  }

  /// Who borrows in this task and those that it starts; nil for the program itself, which limits its own work.
  @TaskLocal public static var current: Borrower?
}
