/// A digest as a page of HTML, for screens from 360 pixels on. Styles stand at the elements, since mail programs drop others.
struct DigestPage {
  private(set) var html: String

  private static let faint = "color:#5a6876;font-size:14px"

  init(_ digest: Digest) {
    html = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(digest.subject.inHTML)</title></head>
      <body style="margin:0;background:#eef1f4">
      <div style="max-width:600px;margin:0 auto;padding:20px 16px;background:#ffffff;color:#1b2733;\
      font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans CJK SC','PingFang SC',\
      'Microsoft YaHei',sans-serif;overflow-wrap:anywhere">
      <p style="margin:0">\(digest.greeting.inHTML),</p>

      """
    for section in digest.sections { add(section) }
    for words in [digest.shift, digest.nothing].compactMap(\.self) {
      html += "<p style=\"margin:16px 0\">\(words.inHTML)</p>\n"
    }
    html += "<p style=\"margin:24px 0 0;padding-top:12px;border-top:1px solid #dfe5ea;\(Self.faint)\">"
    html += digest.ending.map(\.inHTML).joined(separator: "<br>\n") + "</p>\n</div></body></html>\n"
  }

  private mutating func add(_ section: Digest.Section) {
    html += """
      <h2 style="margin:28px 0 6px;font-size:18px">\(section.title.inHTML) \
      <span style="font-weight:normal;color:#5a6876">\(section.count)</span></h2>

      """
    if let hint = section.hint { html += "<p style=\"margin:0 0 8px;\(Self.faint)\">\(hint.inHTML)</p>\n" }
    for entry in section.entries { add(entry) }
    if let more = section.more { html += "<p style=\"margin:8px 0 0;\(Self.faint)\">\(more.inHTML)</p>\n" }
  }

  private mutating func add(_ entry: Digest.Entry) {
    let frame =
      entry.command == nil
      ? "padding:8px 0;border-top:1px solid #dfe5ea"
      : "padding:10px 12px;margin:0 0 8px;background:#fdf6ec;border-left:4px solid #b45309"
    let code = entry.code.map { " <span style=\"\(Self.faint)\">\($0.inHTML)</span>" } ?? ""
    html += "<div style=\"\(frame)\"><b>\(entry.mark.inHTML)</b> &nbsp;\(entry.title.inHTML)\(code)\n"
    for line in entry.lines { html += "<div style=\"\(Self.faint)\">\(line.inHTML)</div>\n" }
    if let command = entry.command {
      html += "<code style=\"font-size:14px;color:#92400e\">\(command.inHTML)</code>\n"
    }
    html += "</div>\n"
  }
}
