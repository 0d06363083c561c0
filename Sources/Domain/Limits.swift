/// Every limit of the program, in one place. A limit that a person may want to change is a setting
/// whose default stands here; the others are part of the protocol or of the data model.
public enum Limits {
  // Protocol.

  /// Octets of a request line, its line end not counted.
  public static let requestLine = 8_192
  /// Octets of an upload row, its line end not counted.
  public static let uploadRow = 65_536
  /// Octets of a reply line, its line end not counted.
  public static let replyLine = 1_048_576
  /// Rows of one upload.
  public static let uploadRows = 2_000_000
  /// Octets of one upload, all rows together. The whole upload is held in memory until it is checked.
  public static let uploadBytes = 1 << 30
  /// Errors an upload names row by row; the rest are counted.
  public static let uploadErrors = 100
  /// Changed rows of one upload of which the audit tells what they were and are.
  public static let auditedChanges = 100_000
  /// Arguments of one request.
  public static let arguments = 256
  /// Nesting of JSON in an upload row.
  public static let jsonDepth = 16
  /// Octets of an idempotency key (`key=`).
  public static let idempotencyKey = 64
  /// Octets of a reply that is kept for a `key=`; a larger one keeps only its last line.
  public static let rememberedReply = 65_536
  /// Keys of one investor's or firm's token that are remembered.
  public static let partyKeys = 5_000
  /// Days an idempotency key is remembered.
  public static let idempotencyDays = 30

  // Connections.

  /// Connections to the daemon at one time.
  public static let connections = 4_096
  /// Of these, those kept for root and the daemon's own user on the Unix socket.
  public static let reservedConnections = 16
  /// Connections from one address at one time: an IPv4 address, or the /64 network of an IPv6 one.
  public static let connectionsPerAddress = 256
  /// Connections of one token, or of one user on the Unix socket, at one time.
  public static let connectionsPerPrincipal = 128
  /// Connections that may wait to be accepted, on each listener; the kernel leaves more unanswered, and they try again.
  public static let waitingConnections = 4_096
  /// Connections beyond a limit that are told so at one time; more are closed without a word.
  public static let refusalsAtOnce = 64
  /// Time to sign in.
  public static let signInTime = Duration.seconds(30)
  /// Time a connection over TCP may say nothing while nothing runs.
  public static let idleTime = Duration.seconds(600)
  /// Time for a TLS handshake, from the first moment of the connection. A client that waits ten seconds for a greeting in
  /// plain text learns within them why there is none.
  public static let handshakeTime = Duration.seconds(8)
  /// Time for a line to end once its first octet has come.
  public static let lineTime = Duration.seconds(60)
  /// Time in which a client must read something of a reply that waits for it.
  public static let stallTime = Duration.seconds(60)
  /// Octets after which a line that does not end ends the connection.
  public static let endlessLine = 8 << 20
  /// Lines of one connection that wait for their turn before reading from it pauses.
  public static let pipelinedLines = 128
  /// Bytes of a reply that are handed to the connection at one time; more of it follows when there is room.
  public static let replyPiece = 32_768
  /// Octets of replies queued on one connection before its next request waits.
  public static let queuedReplyBytes = 1_048_576
  /// Octets of replies queued on all connections together before the next request of each that has some queued waits
  /// until it has read them.
  public static let queuedReplyBytesInAll = 64 << 20

  // Commands that take long or hold much, on all connections together.

  /// Uploads at one time; each may hold ``uploadBytes``.
  public static let importsAtOnce = 4
  /// Exports of the registry at one time; each takes a connection to the database.
  public static let exportsAtOnce = 4
  /// Exports of a run at one time; each may hold all its lists.
  public static let runExportsAtOnce = 2
  /// Verifications of the audit at one time; each reads all of it.
  public static let auditVerificationsAtOnce = 2
  /// Time of an import or export, or of a reading of the whole audit, in the database.
  public static let transferTime = Duration.seconds(600)
  /// Time of a reading of the registry or of all lists of a run.
  public static let readingTime = Duration.seconds(120)
  /// Time of a step of publishing. It writes at most some tens of megabytes; more time means that something is wrong.
  public static let publishingTime = Duration.seconds(300)

  // Watching.

  /// Octets of events that are kept ready for all who watch.
  public static let watchedBytes = 8 << 20
  /// Events that are read at one time.
  public static let eventPage = 64
  /// Octets of notes after which no more events are read with them.
  public static let eventPageBytes = 16_384
  /// Connections to the database for those who read older events.
  public static let eventConnections = 2
  /// Time in which who watches must read what was sent.
  public static let watchPatience = Duration.seconds(30)
  /// Time without an event after which who watches is told that all is well.
  public static let watchSilence = Duration.seconds(30)

  // Signing in.

  /// Wrong tokens that cost nothing, since people mistype.
  public static let freeGuesses = 3
  /// The pause after the first wrong token that costs one; it doubles with each.
  public static let firstGuessPause = Duration.milliseconds(250)
  /// The longest pause between two wrong tokens from one address.
  public static let longestGuessPause = Duration.seconds(30)
  /// The longest pause between two tries of one token by addresses that have used up their free ones.
  public static let longestTokenPause = Duration.milliseconds(250)
  /// The longest queue of such tries of one token; one more is told to come again.
  public static let longestTokenQueue = Duration.seconds(5)
  /// Time after which wrong tokens are forgotten.
  public static let guessMemory = Duration.seconds(900)
  /// Addresses and tokens whose wrong tokens are remembered; beyond, those longest ago are forgotten.
  public static let guessSources = 10_000

  /// Tokens that are looked up by one statement.
  public static let tokensPerLookup = 256
  /// Time of a look-up of tokens.
  public static let lookupTime = Duration.seconds(10)
  /// From one look-up in which a sign-in failed to the next.
  public static let lookupPause = Duration.milliseconds(10)

  /// Octets of a token's id.
  public static let tokenID = 64
  /// Days a token is good for when nobody says how long.
  public static let tokenDays = 365

  // The log.

  /// Time in which a line that clients can cause is written once; more of its kind are counted.
  public static let logPause = Duration.seconds(10)
  /// Errors of one kind that are written in that time before they are counted: each has a reference that its client was
  /// told.
  public static let loggedErrors = 50

  // Lists.

  /// Codes of one FIND.
  public static let findCodes = 200
  /// The largest `limit=` of FIND.
  public static let largestFind = 100
  /// Objects that FIND looks through of a noun that is not in memory.
  public static let findObjects = 10_000

  /// Rows of a page of LIST, DEALS and their like when `limit=` is not given.
  public static let page = 20
  /// The largest `limit=`.
  public static let largestPage = 1_000
  /// The greatest depth of a deal list a policy may ask for.
  public static let listDepth = 1_000
  /// Rows of a section of a digest; the others are counted.
  public static let digestRows = 20
  /// Days before the last one to answer on which a digest reminds of it.
  public static let reminderDays = 2
  /// People to whom a digest is addressed.
  public static let digestRecipients = 100

  // Introductions.

  /// Introductions that a side may be emitted at one time.
  public static let introductionCap = 1_000
  /// Characters of a question or remark.
  public static let note = 2_000
  /// Questions of a side in one introduction on one day.
  public static let questionsPerDay = 20
  /// Times that a side changes its answer in one introduction on one day.
  public static let answersPerDay = 20
  /// Moves of a page of an introduction's history. With the longest notes it stays below ``replyLine``.
  public static let historyPage = 20
  public static let largestHistoryPage = 100
  /// Days from today to the one on which a side wants to be asked again.
  public static let deferralDays = 731
  /// Time of an emission in the database: some 100,000 introductions with their events.
  public static let emissionTime = Duration.seconds(120)

  // Roadshows.

  /// Blocks of a roadshow.
  public static let blocks = 100
  /// Minutes of a slot.
  public static let slotMinutes = 5...480
  /// Minutes between two slots.
  public static let pauseMinutes = 0...240
  /// Slots of a roadshow, in all its blocks of meetings.
  public static let slots = 200
  /// Tables of a roadshow.
  public static let tables = 1_000
  /// Participants of a roadshow.
  public static let participants = 2_000
  /// Persons of a participant.
  public static let delegation = 8
  /// Stretches of time in which a participant is away.
  public static let absences = 100
  /// Wishes of all participants of a roadshow.
  public static let roadshowWishes = 20_000
  /// Wishes of one participant.
  public static let participantWishes = 200
  /// Seconds that the search of a timetable may take.
  public static let planSeconds = 1...600
  /// Seconds that mending a plan may take.
  public static let repairSeconds = 1...20
  /// Pairs that may fill the gaps of a plan that is mended.
  public static let standbyPairs = 60
  /// Plans that are made at one time; each keeps two threads busy.
  public static let plansAtOnce = 2
  /// Pinned meetings of a roadshow.
  public static let pins = 5_000
  /// Firms that pitch.
  public static let pitchPlaces = 200
  /// Minutes before an appointment of a roadshow from which it is not moved, where the roadshow says nothing.
  public static let usualFreezeMinutes = 10
  /// Investors whom a line-up is made to serve.
  public static let lineUpInvestors = 10_000
  /// Firms that a line-up is chosen from.
  public static let lineUpFirms = 100_000
  /// Pairs of a firm and an investor that a line-up or a list of invitations looks at: 240 MB of scores at most.
  public static let lineUpPairs = 10_000_000
  /// Reviews that are given to experts at one time, unless a request says otherwise.
  public static let assignedReviews = 200
  /// Codes that a request may name as guaranteed or excluded.
  public static let namedParties = 500
  /// Line-ups and lists of invitations that are made at one time; others are told to come again.
  public static let lineUpsAtOnce = 2
  /// Sheets that are made at one time.
  public static let sheetsAtOnce = 4
  /// Reports of the city that are made at one time, and seconds that one may take at least.
  public static let reportsAtOnce = 2
  public static let reportSeconds = 60

  // The relay.

  /// Investors that are named for a stake or a stage.
  public static let handOverBuyers = 1...50
  /// Months between two tranches of a stake.
  public static let trancheMonths = 0...60

  // Registry.

  /// Octets of a code.
  public static let code = 160
  /// Characters of a name.
  public static let name = 200
  /// Characters of a summary.
  public static let summary = 2_000
  /// The largest amount, in whole units of a currency.
  public static let amount: Int64 = 1_000_000_000_000_000
  /// Sectors of a candidate.
  public static let candidateSectors = 8
  /// Sectors of a mandate that matter at once.
  public static let mandateSectors = 64
  /// Experts on a committee.
  public static let committeeMembers = 64
  /// Exclusions (sectors or firms each) of a mandate.
  public static let exclusions = 256
  /// Investors that a firm wishes for, and that it does not want.
  public static let wishes = 256
  /// Regions of a mandate.
  public static let regions = 64
  /// Sectors of the tree.
  public static let sectors = 4_096
  /// Depth of the sector tree, the top being 1.
  public static let sectorDepth = 8
}
