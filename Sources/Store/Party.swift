import Domain

extension Session {
  /// From here to the end of the transaction PostgreSQL shows and lets change only what is the token's own: rows of its
  /// investor, of the funds below that where the token is good for the house, or of its firm. A token that is not good
  /// now has nothing.
  ///
  /// - Parameters:
  ///   - token: The token's id.
  ///   - noun: What may be written; nil when it only reads.
  public func become(partyOf token: String, writing noun: Noun? = nil) throws {
    precondition(isInTransaction, "A party's rights last for one transaction.")
    if let noun {
      // The staging table is the session's and lasts, so it is the daemon's and lent.
      let table = RegistryTable.of(noun)
      try execute(table.createStaging, name: "\(noun.name)_staging")
      try execute(table.lendStaging, name: "\(noun.name)_lend_staging")
    }
    try execute(PartyStatements.Become(token: token))
  }
}
