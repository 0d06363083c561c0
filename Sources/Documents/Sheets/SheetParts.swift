import Domain

/// The parts of sheets in a language.
struct SheetParts {
  let programme: Programme
  let language: SheetLanguage

  var words: SheetWords { language.words }

  /// Beside the name of the roadshow stands where it is, or what is given; below, which plan this is.
  func head(_ right: String? = nil) -> String {
    let (name, second) = language.names(programme.name, programme.nameZh)
    let place = [programme.venue, programme.city].compactMap { $0 }.filter { !$0.isEmpty }
    return """
      <div class="head"><div><b>\(name.inHTML)</b>\(second.map { " <span class=\"faint\">\($0.inHTML)</span>" } ?? "")</div>
      <div>\((right ?? place.joined(separator: words.comma)).inHTML)</div></div>
      <p class="plan">\(plan.inHTML)</p>

      """
  }

  private var plan: String {
    let made = WallTime(
      secondsSinceEpoch: programme.madeAt
        + (programme.madeOffset ?? programme.zone.offset(at: programme.madeAt)))
    return words.made(programme.plan, "\(made.day) \(made.clock)", programme.zone.name)
  }

  func section(_ content: String) -> String {
    "<section lang=\"\(language.rawValue)\">\n\(content)</section>\n"
  }

  func title(_ name: String, _ second: String? = nil) -> String {
    let isLong = name.unicodeScalars.count > 40
    let other = second.map { "<p class=\"faint\">\($0.inHTML)</p>\n" } ?? ""
    return "<h1\(isLong ? " class=\"long\"" : "")>\(name.inHTML)</h1>\n" + other
  }

  /// A delegation in a cell: what it is called, and who comes for it.
  func cell(_ delegation: Programme.Delegation) -> String {
    let (name, second) = language.names(delegation.name, delegation.nameZh)
    let more = [second, delegation.code].compactMap { $0 }.joined(separator: " · ")
    let people = delegation.persons.map(\.name).joined(separator: words.comma)
    return "<b>\(name.inHTML)</b> <span class=\"faint\">\(more.inHTML)</span>"
      + (people.isEmpty ? "" : "<div>\(people.inHTML)</div>")
  }

  /// `09:00–09:25`
  func time(_ start: Int, _ end: Int) -> String {
    "\(programme.zone.local(start).clock)–\(programme.zone.local(end).clock)"
  }

  /// A table of what is there on a day, gaps included. Columns are a heading with its class each. Above them stand the day
  /// and whose sheet it is, on every sheet of paper that it takes.
  private func table(
    _ day: Day, of whose: String, _ columns: [(heading: String, style: String)], _ rows: [String]
  ) -> String {
    let head = columns.map {
      "<th scope=\"col\"\($0.style.isEmpty ? "" : " class=\"\($0.style)\"")>\($0.heading.inHTML)</th>"
    }
    // The widths of columns are those of the first row, but where a group states them.
    let widths = columns.map { "<col\($0.style.isEmpty ? "" : " class=\"\($0.style)\"")>" }
    return """
      <table><colgroup>\(widths.joined())</colgroup><thead><tr><th scope="colgroup" class="day" colspan="\(columns.count)">\
      <div>\(words.date(day).inHTML)<span class="faint">\(whose.inHTML)</span></div></th></tr>
      <tr>\(head.joined())</tr></thead><tbody>
      \(rows.joined())</tbody></table>

      """
  }

  func row(_ start: Int, _ end: Int, _ cells: [String]) -> String {
    "<tr><td class=\"time\">\(time(start, end))</td>\(cells.map { "<td>\($0)</td>" }.joined())</tr>\n"
  }

  func freeRow(_ slot: Programme.Slot, columns: Int) -> String {
    """
    <tr class="free"><td class="time">\(time(slot.start, slot.end))</td>\
    <td colspan="\(columns)">\(words.free.inHTML)</td></tr>

    """
  }

  /// Appointments and the slots that are left beside them, by day.
  func days(
    _ appointments: [Programme.Appointment], of whose: String, columns: [(heading: String, style: String)],
    row: (Programme.Appointment) -> String
  ) -> String {
    let free = programme.slots.filter { slot in
      !appointments.contains { $0.start < slot.end && slot.start < $0.end }
    }
    let rows =
      (appointments.map { ($0.start, row($0)) }
      + free.map { ($0.start, freeRow($0, columns: columns.count - 1)) }).sorted { $0.0 < $1.0 }
    if rows.isEmpty { return "<p>\(words.nothing.inHTML)</p>\n" }
    return programme.days(of: rows.map(\.0)).map { day in
      table(day, of: whose, columns, rows.filter { programme.zone.local($0.0).day == day }.map(\.1))
    }.joined()
  }

  /// Who pitches when, by day; empty without pitches.
  var lineUp: String {
    let pitches = Array(programme.pitches.enumerated())
    return programme.days(of: pitches.map(\.element.start)).map { day in
      let items = pitches.filter { programme.zone.local($0.element.start).day == day }
      return "<h2>\(words.lineUp.inHTML) · \(words.date(day).inHTML)</h2>\n" + list(items)
    }.joined()
  }

  /// Pitches with their places in the line-up, from 0.
  func list(_ pitches: some Sequence<(offset: Int, element: Programme.Appointment)>, style: String = "")
    -> String
  {
    let items = pitches.map { place, pitch in
      let (name, second) = language.names(pitch.firm.name, pitch.firm.nameZh)
      let other = second.map { " <span class=\"faint\">\($0.inHTML)</span>" } ?? ""
      return """
        <li><span><b>\(place + 1)</b></span><span>\(time(pitch.start, pitch.end))</span>\
        <div class="cut">\(name.inHTML)\(other)</div></li>

        """
    }
    return "<ol\(style.isEmpty ? "" : " class=\"\(style)\"")>\n\(items.joined())</ol>\n"
  }
}
