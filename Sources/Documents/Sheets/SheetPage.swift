import Domain

/// A page of HTML for paper of A4 that needs nothing beside it: a section for each sheet, which begins a sheet of paper.
struct SheetPage {
  private(set) var html: String

  /// Of sections that are HTML.
  init(_ title: String, _ language: SheetLanguage, isWide: Bool = false, sections: [String]) {
    html = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title.inHTML)</title>
      <style>
      @page{size:A4\(isWide ? " landscape" : "");margin:\(isWide ? "10mm" : "12mm")}
      \(Self.style)
      @media screen{body{background:#eef1f4}section{max-width:\(isWide ? 297 : 210)mm;margin:16px auto;padding:10mm;\
      background:#fff;overflow-x:auto}}
      \(Self.screens)
      </style></head>
      <body>

      """
    html += sections.joined() + "</body></html>\n"
  }

  /// Names may be long: they wrap anywhere, and on the wall they are cut after two lines.
  private static let style = """
    *{box-sizing:border-box}
    body{margin:0;color:#1b2733;font:9.5pt/1.25 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',\
    'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere}
    section{break-after:page}
    section:last-child{break-after:auto}
    h1{margin:3mm 0 1mm;font-size:20pt;line-height:1.2}
    h1.long{font-size:13pt}
    h2{margin:5mm 0 2mm;font-size:12pt;break-after:avoid}
    p{margin:0}
    table{width:100%;margin-top:4mm;border-collapse:collapse;table-layout:fixed}
    thead{display:table-header-group}
    tr{break-inside:avoid}
    th,td{padding:1mm 2mm;text-align:left;vertical-align:top;border-bottom:.3mm solid #c8d1d9}
    th{font-size:8.5pt;color:#5a6876;border-bottom:.5mm solid #1b2733}
    col.time{width:31mm}
    col.place{width:52mm}
    th.day{padding-left:0;border:0;font-size:12pt;color:#1b2733}
    .day div{display:flex;justify-content:space-between;gap:8mm;white-space:nowrap}
    .day span{overflow:hidden;text-overflow:ellipsis;font-weight:normal}
    td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
    .faint{color:#5a6876;font-size:8.5pt}
    .free td{color:#7a8794;border-bottom-style:dashed}
    .head{display:flex;justify-content:space-between;gap:8mm;padding-bottom:1.5mm;border-bottom:.5mm solid #1b2733}
    .plan{margin-top:1mm;color:#5a6876;font-size:8pt}
    ol{margin:0;padding:0;list-style:none;columns:2;column-gap:8mm}
    li{break-inside:avoid;padding:.8mm 0;border-bottom:.2mm solid #dfe5ea;display:flex;gap:3mm}
    li>span{flex:none;font-variant-numeric:tabular-nums}
    li>span:first-child{min-width:2.3em}
    .big{font-size:12.5pt;margin-top:3mm}
    .wall{font-size:10pt;margin-top:2mm}
    .wall th{font-size:10pt;color:#1b2733}
    .wall th.time{width:28mm}
    .wall th,.wall td{padding:.9mm 1.5mm;border:.2mm solid #9aa6b2}
    .wall div,.cut{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
    .wall .free{background:#f4f6f8}
    """

  /// Screens narrower than a sheet of paper, such as a telephone of 375 pixels, and dark ones. Paper stays as it is.
  ///
  /// Columns of times and places are as wide as their text needs, so that names get the rest. The wall keeps the width
  /// that its tables need and scrolls sideways.
  private static let screens = """
    @media screen and (max-width:719px){
    body{font-size:15px;line-height:1.35}
    section{margin:0 0 12px;padding:14px 12px}
    h1{font-size:22px}
    h1.long{font-size:18px}
    h2{font-size:16px}
    .head,.day div{flex-wrap:wrap;gap:0 16px;white-space:normal}
    th,td{padding:6px 6px 6px 0}
    th,.faint,.plan{font-size:13px}
    th.day{font-size:16px}
    col.time{width:104px}
    col.place{width:92px}
    ol{columns:1}
    li{padding:5px 0}
    .wall{min-width:760px;font-size:13px}
    .wall th,.wall td{padding:5px 6px}
    .wall th.time{width:96px}
    }
    @media screen and (prefers-color-scheme:dark){
    body{background:#0f1419;color:#e3e8ed}
    section{background:#1a2129}
    th,.faint,.plan,.free td{color:#9fabb7}
    th.day,.wall th{color:#e3e8ed}
    th,.head{border-bottom-color:#9fabb7}
    td,li{border-bottom-color:#3a4650}
    .wall th,.wall td{border-color:#4a5763}
    .wall .free{background:#141a20}
    }
    """
}
