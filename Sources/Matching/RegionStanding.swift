/// How a candidate's place stands to a mandate's regions.
enum RegionStanding: Equatable {
  /// The mandate names no regions.
  case unlimited
  /// The candidate's country, region or city is one of them.
  case covered
  /// Outside them, in the country of the investor.
  case sameCountry
  /// Outside them; whether in its country is not known, since no country is known of the investor.
  case outside
  /// Outside them, in another country.
  case abroad
  /// Not in them by name, but the candidate's country is unknown.
  case unknown

  /// - Parameters:
  ///   - home: fold of the investor's country.
  ///   - knowsCountry: whether one of the mandate's regions is a country.
  ///   - isRegion: whether a fold is one of the mandate's regions.
  init(
    place: Places.Place, _ words: Words, home: Int32, hasRegions: Bool, knowsCountry: Bool,
    isRegion: (Int32) -> Bool
  ) {
    func isCovered(_ fold: Int32) -> Bool { fold >= 0 && isRegion(fold) }
    let country = words.fold(place.country)
    self.init(
      country: country,
      isCovered: isCovered(country) || isCovered(words.fold(place.region))
        || isCovered(words.fold(place.city)),
      home: home, hasRegions: hasRegions, knowsCountry: knowsCountry)
  }

  /// - Parameters:
  ///   - country: fold of the candidate's.
  ///   - isCovered: whether its country, region or city is one of the mandate's regions.
  init(country: Int32, isCovered: Bool, home: Int32, hasRegions: Bool, knowsCountry: Bool) {
    if !hasRegions {
      self = .unlimited
    } else if isCovered {
      self = .covered
    } else if country < 0 {
      self = .unknown
    } else if country == home {
      self = .sameCountry
    } else {
      self = home >= 0 || knowsCountry ? .abroad : .outside
    }
  }

  /// Millionths, nil for unknown.
  /// - Parameter localQuota: percent.
  func value(_ curves: Curves, localQuota: Int) -> Int? {
    switch self {
    case .unlimited, .unknown: nil
    case .covered: Curves.one
    case .sameCountry: curves.regionSameCountry * (100 - localQuota) / 100
    case .outside, .abroad: 0
    }
  }

  func isVetoed(localQuota: Int) -> Bool {
    switch self {
    case .unlimited, .unknown, .covered: false
    case .abroad: true
    case .sameCountry, .outside: localQuota == 100
    }
  }
}
