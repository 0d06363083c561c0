#!/usr/bin/env python3
"""Turn the Crunchbase export of October 2013 into files for the import.

    examples/crunchbase-2013/convert.py SOURCE_DIR OUT_DIR

SOURCE_DIR holds train/{firms,rounds,investments,investors}.csv.gz and candidates.csv.gz, or the same without
.gz. The rules, and what is guessed where, stand in the README beside this file. Python 3.11, standard library
only; a source that is not of this shape ends it with exit status 65 and nothing written.
"""

import collections
import csv
import datetime
import gzip
import hashlib
import os
import re
import sys
import unicodedata

STAGES = [
    "pre_seed", "angel", "seed", "series_a", "series_b", "series_c", "series_d", "growth", "pre_ipo", "public",
]
PRE_SEED, ANGEL, SEED, SERIES_A, SERIES_B, SERIES_C, SERIES_D, GROWTH, PRE_IPO, PUBLIC = range(len(STAGES))
# Of rounds on one day the earlier kind comes first.
TYPES = [
    "angel", "crowdfunding", "other", "venture", "series-a", "series-b", "series-c+", "private-equity", "post-ipo",
]
# Top of the tree, groups, and the codes of the source in each group.
ROOT = ("crunchbase", "Crunchbase categories")
GROUPS = {
    "cb_software": ("Software and data", [
        "software", "enterprise", "analytics", "search", "security", "network_hosting", "messaging"]),
    "cb_internet": ("Internet and media", [
        "web", "mobile", "social", "advertising", "public_relations", "news", "games_video", "music", "photo_video",
        "local"]),
    "cb_commerce": ("Commerce and leisure", [
        "ecommerce", "fashion", "hospitality", "travel", "sports", "pets", "real_estate", "design"]),
    "cb_health": ("Life sciences and health", ["biotech", "medical", "health"]),
    "cb_industry": ("Hardware, energy and transport", [
        "hardware", "semiconductor", "nanotech", "cleantech", "manufacturing", "automotive", "transportation"]),
    "cb_services": ("Finance and services", [
        "finance", "consulting", "legal", "education", "government", "nonprofit"]),
    "cb_other": ("Other categories", ["other"]),
}
# A firm without a category. It stands beside the root, so that it is near nothing.
UNKNOWN = ("unknown", "Sector unknown")
COLUMNS = {
    "sectors": ["code", "name", "parent"],
    "firms": [
        "code", "name", "sectors", "stage", "region", "city", "country", "founded_on", "currency", "round"],
    "investors": ["code", "name", "kind", "stages", "sectors", "currency", "regions", "city", "country"],
    "rounds": ["firm", "date", "kind", "amount", "currency"],
    "holdings": ["investor", "firm", "since", "round"],
}
SOURCES = {
    "train/firms": "id name sectors country state city founded_on",
    "train/rounds": "round_id firm_id date type raised_amount_usd",
    "train/investments": "investor_id firm_id round_id",
    "train/investors": "id name kind country city",
    "candidates": "firm_id name sectors country state city founded_on seeking_type",
}
LARGEST_AMOUNT = 10**15
MANDATE_SECTORS, MANDATE_REGIONS = 64, 64
# Stages below this share of a portfolio are exceptions, not the mandate.
LEAST_STAGE_SHARE = 0.1


class BadSource(Exception):
    pass


# Reading


def read(folder, name):
    path = os.path.join(folder, name + ".csv")
    opener = open
    if os.path.exists(path + ".gz"):
        path, opener = path + ".gz", gzip.open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(SOURCES[name].split()) - set(reader.fieldnames or [])
            if missing:
                raise BadSource(f"{path}: no column {', '.join(sorted(missing))}")
            table = []
            for row in reader:
                if None in row or None in row.values():
                    raise BadSource(f"{path}:{reader.line_num}: a row has {len(reader.fieldnames)} cells")
                table.append(row)
            return table
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise BadSource(f"{path}: {error}") from error


def clean(text, limit=200):
    """One line without control characters, of at most so many characters."""
    words = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).split()
    return " ".join(words)[:limit].rstrip()


def code(text):
    """The source's id if it can be a code; otherwise a readable one that no other id gets."""
    if re.fullmatch(r"[A-Za-z0-9_./:-]{1,160}", text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return re.sub(r"[^A-Za-z0-9_./:-]+", "-", plain)[:147] + "-" + digest


def date(text):
    """The text if it is a day of the calendar, otherwise nothing."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return ""
    return text if day.isoformat() == text and day.year >= 1000 else ""


def amount(text):
    """Whole dollars; 0 for unknown."""
    match = re.fullmatch(r"([0-9]{1,16})(?:\.[0-9]*)?", text)
    return int(match[1]) if match and int(match[1]) <= LARGEST_AMOUNT else 0


# Rounds and stages


def stage_of(type, reached, later_rounds):
    """The stage a round of this type is for. reached: highest stage before it, -1 for none; later_rounds: how
    many of type series-c+ came before it."""
    if type == "angel":
        return ANGEL if reached < ANGEL else SEED
    if type == "venture":
        # Its median size is that of series A, first or repeated: it names no step.
        return max(SERIES_A, min(reached, GROWTH))
    if type == "series-a":
        return SERIES_A
    if type == "series-b":
        return SERIES_B
    if type == "series-c+":
        return (SERIES_C, SERIES_D, GROWTH)[min(later_rounds, 2)]
    if type == "private-equity":
        return GROWTH
    if type == "post-ipo":
        return PUBLIC
    # Crowdfunding and "other" (mostly notes) come with whatever stage the firm has.
    return max(SEED, reached)


def kind_of(type, stage):
    """The kind of round in our words."""
    return "other" if type in ("other", "crowdfunding", "post-ipo") else STAGES[stage]


def merged(amounts):
    """Rounds of one firm, day and kind are one closing: equal amounts were reported twice, others add up."""
    return min(sum(set(amounts)), LARGEST_AMOUNT)


class History:
    """What a firm raised before the cut."""

    def __init__(self):
        self.reached, self.later_rounds = -1, 0
        self.closings = {}  # (date, kind) -> amounts
        self.stages = {}  # id of a source round -> (date, kind, stage)

    def add(self, day, type, rows):
        """One day's rounds of one type."""
        stage = stage_of(type, self.reached, self.later_rounds)
        kind = kind_of(type, stage)
        self.later_rounds += type == "series-c+"
        self.reached = max(self.reached, stage)
        for row in rows:
            self.stages[row["round_id"]] = day, kind, stage
            self.closings.setdefault((day, kind), []).append(amount(row["raised_amount_usd"]))


def histories(rounds):
    """Firm -> its history, walked in order of days."""
    days = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rounds:
        day = date(row["date"])
        if day:
            type = row["type"] if row["type"] in TYPES else "other"
            days[row["firm_id"]][day, TYPES.index(type)].append(row)
    found = collections.defaultdict(History)
    for firm, groups in days.items():
        for day, type in sorted(groups):
            found[firm].add(day, TYPES[type], groups[day, type])
    return found


# The five tables


def sector_rows(used):
    rows = [[*ROOT, ""]]
    known = {sector for _, sectors in GROUPS.values() for sector in sectors}
    for group, (name, sectors) in GROUPS.items():
        rows.append([group, name, ROOT[0]])
        strange = sorted(used - known - {UNKNOWN[0]}) if group == "cb_other" else []
        rows += [[sector, sector.replace("_", " ").capitalize(), group] for sector in sectors + strange]
    return rows + [[*UNKNOWN, ""]]


def sector_of(row):
    return code(clean(row["sectors"])) if clean(row["sectors"]) else UNKNOWN[0]


def firm_rows(firms, history):
    """Code -> row. A candidate's own row is newer than the same firm's among the known ones."""
    rows = {}
    for row in firms:
        id = row.get("firm_id") or row["id"]
        past = history[id]
        seeking, round = row.get("seeking_type", ""), ""
        stage = past.reached if past.reached >= 0 else PRE_SEED
        if seeking:
            seeking = seeking if seeking in TYPES else "other"
            stage = stage_of(seeking, past.reached, past.later_rounds)
            round = kind_of(seeking, stage)
        rows[code(id)] = [
            code(id), clean(row["name"]) or code(id), sector_of(row), STAGES[stage], clean(row["state"]),
            clean(row["city"]), clean(row["country"]), date(row["founded_on"]), "USD", round,
        ]
    return rows


def kind_of_investor(row):
    if row["kind"] == "person":
        return "angel"
    name = row["name"].lower()
    if re.search(r"\bangels?\b", name):
        return "angel"
    if re.search(r"\bbank(ers)?\b", name):
        return "bank"
    return {"financial-organization": "vc", "company": "cvc"}.get(row["kind"], "other")


def shares(counts, most):
    """Weights as text, the largest 1, at most so many; ties go by name."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    weights = ((name, max(1, (1000 * count + ranked[0][1] // 2) // ranked[0][1])) for name, count in ranked)
    return ",".join(f"{name}:1" if weight == 1000 else f"{name}:0.{weight:03d}" for name, weight in weights)


def investor_row(row, portfolio):
    """portfolio: (sector, stage, state) of each of its investments before the cut."""
    sectors = collections.Counter(sector for sector, _, _ in portfolio if sector != UNKNOWN[0])
    stages = collections.Counter(stage for _, stage, _ in portfolio)
    states = collections.Counter(state for _, _, state in portfolio if state)
    meant = [STAGES[stage] for stage in sorted(stages) if stages[stage] >= LEAST_STAGE_SHARE * len(portfolio)]
    regions = sorted(states, key=lambda state: (-states[state], state))[:MANDATE_REGIONS]
    return [
        code(row["id"]), clean(row["name"]) or code(row["id"]), kind_of_investor(row), ",".join(meant),
        shares(sectors, MANDATE_SECTORS), "USD", ",".join(regions), clean(row["city"]), clean(row["country"]),
    ]


def convert(folder):
    """Name of a file -> its rows."""
    source = {name: read(folder, name) for name in SOURCES}
    history = histories(source["train/rounds"])
    firms = firm_rows(source["train/firms"] + source["candidates"], history)
    investors = {code(row["id"]) for row in source["train/investors"]}
    portfolios, holdings = collections.defaultdict(list), {}
    for row in source["train/investments"]:
        investor, firm = code(row["investor_id"]), code(row["firm_id"])
        closed = history[row["firm_id"]].stages.get(row["round_id"])
        if closed is None or firm not in firms or investor not in investors:
            continue
        day, kind, stage = closed
        if (investor, firm, day, kind) not in holdings:
            holdings[investor, firm, day, kind] = [investor, firm, day, kind]
            portfolios[investor].append((firms[firm][2], stage, firms[firm][4]))
    rounds = []
    for id in sorted(history):
        if code(id) in firms:
            for (day, kind), amounts in sorted(history[id].closings.items()):
                raised = merged(amounts)
                rounds.append([code(id), day, kind, raised or "", "USD" if raised else ""])
    mandates = {}
    for row in source["train/investors"]:
        mandates.setdefault(code(row["id"]), investor_row(row, portfolios[code(row["id"])]))
    return {
        "sectors": sector_rows({row[2] for row in firms.values()}), "firms": list(firms.values()),
        "investors": list(mandates.values()), "rounds": rounds, "holdings": list(holdings.values()),
    }


def write(folder, tables):
    os.makedirs(folder, exist_ok=True)
    for name, rows in tables.items():
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[name])
            writer.writerows(rows)


def main(arguments):
    if len(arguments) != 2 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 64
    try:
        tables = convert(arguments[0])
    except BadSource as error:
        print(f"convert.py: {error}", file=sys.stderr)
        return 65
    try:
        write(arguments[1], tables)
    except OSError as error:
        print(f"convert.py: {error}", file=sys.stderr)
        return 73
    for name, rows in tables.items():
        print(f"{name}.csv: {len(rows)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
