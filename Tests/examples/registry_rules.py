"""The rules that files for the import must keep, as the tests of the examples check them.

They repeat what the daemon's field table says, on purpose: a test that reads the rules from the program it
tests proves nothing.
"""

import csv
import datetime
import pathlib
import re
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TREE = ROOT / "examples" / "sectors" / "strategic-emerging-industries-2018.csv"
STAGES = "pre_seed angel seed series_a series_b series_c series_d growth pre_ipo public".split()
ROUNDS = STAGES[:-1] + ["ipo", "grant", "debt", "other"]
INVESTORS = "state_fund sub_fund vc cvc angel bank family_office other".split()
INSTRUMENTS = "equity convertible safe debt grant other".split()

CODE = re.compile(r"[A-Za-z0-9_./:-]{1,160}", re.ASCII)
AMOUNT = re.compile(r"(\d{1,15})(?:\.(\d))?([kMB]?)", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
SUFFIXES = re.compile(
    r"\b(co|ltd|limited|inc|corp|corporation|company|llc|gmbh|ag|kk|k k|pte|plc)\b|股份有限公司|有限责任公司|有限公司|公司")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def amount(text):
    """Whole units, or an exception."""
    whole, tenth, scale = AMOUNT.fullmatch(text).groups()
    value = int(whole + (tenth or "")) * {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}[scale]
    value, rest = divmod(value, 10 if tenth else 1)
    if rest or value > 10**15:
        raise ValueError(text)
    return value


def loose(name):
    """A name without case, punctuation and corporate suffixes: what two spreadsheets agree on."""
    name = unicodedata.normalize("NFKC", name).lower()
    name = re.sub(r"[^\w\s]", " ", name)
    return re.sub(r"\s+", "", SUFFIXES.sub(" ", name))


def text(limit):
    def check(value):
        if len(value) > limit or any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F for c in value) or value != value.strip():
            raise ValueError(value)
    return check


def one_of(*words):
    def check(value):
        if value not in words:
            raise ValueError(value)
    return check


def several(check, limit):
    def check_all(value):
        items = value.split(",")
        if len(items) > limit or len(set(items)) != len(items):
            raise ValueError(value)
        for item in items:
            check(item)
    return check_all


def matches(pattern):
    pattern = re.compile(pattern, re.ASCII)

    def check(value):
        if not pattern.fullmatch(value):
            raise ValueError(value)
    return check


def whole(low, high):
    def check(value):
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(value)
    return check


def weights(value):
    items = [item.split(":") for item in value.split(",")]
    if len(items) > 64 or len({code for code, _ in items}) != len(items):
        raise ValueError(value)
    for code, weight in items:
        if not CODE.fullmatch(code) or not re.fullmatch(r"1|0?\.\d{1,6}", weight) or float(weight) <= 0:
            raise ValueError(value)


def ticket(value):
    low, high = value.split("-")
    if not low and not high or low and high and amount(low) > amount(high):
        raise ValueError(value)


def date(value):
    if len(value) != 10 or datetime.date.fromisoformat(value).year < 1000:
        raise ValueError(value)


def veto(value):
    if value not in ("yes", "no"):
        whole(1, 5)(value)


NAME, CODES = text(200), matches(CODE.pattern)
MONEY = matches(CURRENCY.pattern)
SECTORS = several(CODES, 8)
FLAG = one_of("yes", "no")
PERCENT = matches(r"100|\d{1,2}(\.\d{1,6})?")
REVIEWS = "expert commercial financial legal".split()
# Field -> check; a star marks a required field.
FIELDS = {
    "sector": {"code*": CODES, "name*": NAME, "name_zh": NAME, "parent": CODES},
    "institute": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "partner": NAME, "fields": SECTORS, "region": NAME,
        "city": NAME, "founded_on": date},
    "project": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "institute*": CODES, "sectors*": SECTORS, "trl": whole(1, 9),
        "ask": amount, "currency": MONEY, "region": NAME},
    "firm": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "institute": CODES, "sectors*": SECTORS,
        "stage*": one_of(*STAGES), "trl": whole(1, 9), "risk": matches("R[1-5]"), "region": NAME, "city": NAME,
        "country": NAME, "founded_on": date, "ask": amount, "currency": MONEY, "round": one_of(*ROUNDS),
        "instrument": one_of(*INSTRUMENTS), "seeking_lead": FLAG, "summary": text(2000)},
    "investor": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "kind*": one_of(*INVESTORS), "parent": CODES,
        "stages": several(one_of(*STAGES), len(STAGES)), "sectors": weights, "excluded_sectors": several(CODES, 256),
        "excluded_firms": several(CODES, 256), "risk": matches("C[1-5]"), "risk_veto": veto, "ticket": ticket,
        "currency": MONEY, "regions": several(NAME, 64), "city": NAME, "country": NAME, "lead": FLAG, "opened_on": date,
        "budget_left": amount, "local_quota": whole(0, 100), "concentration_cap": whole(1, 100)},
    "person": {
        "code*": CODES, "name*": NAME, "of*": CODES, "email": matches(r"[^\s@]{1,100}@[^\s@]{1,150}"),
        "language": matches("zh|en"), "time_zone": matches(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+"), "title": NAME},
    "roadshow": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "kind": one_of("roadshow", "competition"), "starts_on*": date,
        "ends_on": date, "time_zone": matches(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+"), "city": NAME, "venue": NAME,
        "sectors": several(CODES, 64), "pitch_places": whole(0, 1000), "tables": whole(0, 1000),
        "freeze_minutes": whole(0, 480)},
    "holding": {
        "investor*": CODES, "firm*": CODES, "since": date, "round": one_of(*ROUNDS), "amount": amount,
        "currency": MONEY, "exited_on": date},
    "round": {
        "firm*": CODES, "date*": date, "kind*": one_of(*ROUNDS), "amount": amount, "currency": MONEY},
    "milestone": {
        "project": CODES, "firm": CODES, "date*": date, "stage": one_of(*STAGES), "trl": whole(1, 9)},
    "programme": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "fund*": CODES, "sectors": several(CODES, 64),
        "currency*": MONEY, "budget*": amount, "loss_tolerance": whole(0, 100), "quota": whole(0, 100), "region": NAME,
        "starts_on": date, "ends_on": date, "hold_months": whole(0, 600)},
    "stake": {
        "code*": CODES, "programme*": CODES, "firm*": CODES, "committed*": amount, "agreed_on*": date,
        "hold_until": date, "floor": PERCENT, "closed_on": date},
    "tranche": {
        "code*": CODES, "stake*": CODES, "kind*": one_of("buy", "sell", "write_off"), "date*": date, "percent*": PERCENT,
        "amount*": amount, "buyer": CODES, "reason*": text(2000)},
    "scenario": {
        "code*": CODES, "name*": NAME, "name_zh": NAME, "operator": NAME, "sectors": several(CODES, 64),
        "trl": whole(1, 9), "capacity*": whole(1, 1000), "opens_on": date, "closes_on": date, "region": NAME, "city": NAME},
    "pilot": {
        "code*": CODES, "scenario*": CODES, "firm*": CODES, "starts_on*": date, "ends_on*": date, "trl": whole(1, 9),
        "result": one_of("passed", "failed", "abandoned"), "result_on": date, "summary": text(2000)},
    "expert": {
        "code*": CODES, "name*": NAME, "kinds*": several(one_of(*REVIEWS), 4), "sectors": several(CODES, 64),
        "person": CODES, "conflicts": several(CODES, 256), "capacity": whole(0, 100), "region": NAME, "city": NAME},
    "review": {
        "code*": CODES, "firm*": CODES, "kind*": one_of(*REVIEWS), "expert": CODES, "asked_on": date, "date": date,
        "verdict": one_of("positive", "conditional", "negative"), "conditions": text(2000), "expires_on": date},
    "committee": {
        "code*": CODES, "name*": NAME, "members*": several(CODES, 64), "quorum*": whole(1, 64)},
    "decision": {
        "code*": CODES, "committee*": CODES, "firm*": CODES,
        "step*": one_of("stake", "term_sheet", "invested", "handover"), "date*": date,
        "outcome*": one_of("approved", "rejected", "deferred"), "in_favour": several(CODES, 64),
        "against": several(CODES, 64), "abstained": several(CODES, 64), "recused": several(CODES, 64),
        "conditions": text(2000)},
    "juror": {"roadshow*": CODES, "expert*": CODES, "recused_from": several(CODES, 256)},
    "criterion": {"roadshow*": CODES, "name*": NAME, "weight*": whole(1, 100)},
    "rate": {
        "from*": MONEY, "to*": MONEY, "rate*": matches(r"\d{1,9}(\.\d{1,6})?"), "date*": date},
}
KEYS = {"holding": ["investor", "firm", "since", "round"], "round": ["firm", "date", "kind"],
        "rate": ["from", "to", "date"], "milestone": ["project", "firm", "date"], "juror": ["roadshow", "expert"],
        "criterion": ["roadshow", "name"]}


def faults(noun, table):
    """What is wrong with the rows of a noun, as sentences: fields one by one, and keys that are not unique."""
    found, keys = [], set()
    fields = {name.rstrip("*"): (name.endswith("*"), check) for name, check in FIELDS[noun].items()}
    if table and list(table[0]) != [name for name in fields if name in table[0]]:
        found.append(f"{noun}: the columns {list(table[0])} are not fields in their order")
        return found
    missing = [name for name, (required, _) in fields.items() if required and table and name not in table[0]]
    if missing:
        return [f"{noun}: required columns {missing} are missing"]
    for place, row in enumerate(table, 2):
        for name, value in row.items():
            required, check = fields[name]
            if not value:
                if required:
                    found.append(f"{noun}:{place}: {name} is required")
                continue
            try:
                check(value)
            except (ValueError, AttributeError, IndexError):
                found.append(f"{noun}:{place}: {name} cannot be {value!r}")
        key = tuple(row[name] for name in KEYS.get(noun, ["code"]))
        if key in keys:
            found.append(f"{noun}:{place}: {key} stands twice")
        keys.add(key)
    return found


def unresolved(noun, table, field, codes, separator=","):
    """References of a field that name nothing."""
    found = []
    for place, row in enumerate(table, 2):
        for item in row[field].split(separator) if row[field] else []:
            if item.split(":")[0] not in codes and item not in codes:
                found.append(f"{noun}:{place}: {field} names {item!r}, which does not exist")
    return found
