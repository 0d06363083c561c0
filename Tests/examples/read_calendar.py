"""Reads a calendar from stdin as a calendar program does, with Debian's python3-icalendar, and writes what it found as JSON.

Times are read thrice: as the library reads them, from the calendar's own VTIMEZONE alone, and by the zone's name from the
system's time zones. They have to agree.
"""

import json
import sys
from zoneinfo import ZoneInfo

import icalendar

octets = sys.stdin.buffer.read()
calendar = icalendar.Calendar.from_ical(octets)
zone = calendar.walk("VTIMEZONE")[0]
name = str(zone["TZID"])
# A name that no system knows leaves the library nothing but the calendar's own description of the zone.
private = icalendar.Calendar.from_ical(octets.replace(name.encode(), b"Private-" + name.encode()))


def instant(event, field):
    return int(event.decoded(field).timestamp())


def named(event, field):
    """By the system's time zones; where the time is UTC it is the instant itself."""
    time = event.decoded(field)
    if event[field].params.get("TZID") is None:
        return int(time.timestamp())
    assert event[field].params["TZID"] == name
    return int(time.replace(tzinfo=ZoneInfo(name)).timestamp())


events = []
for event, other in zip(calendar.walk("VEVENT"), private.walk("VEVENT"), strict=True):
    for field in ("DTSTART", "DTEND"):
        found = {instant(event, field), instant(other, field), named(event, field)}
        assert len(found) == 1, f"{event['UID']} {field}: {found}"
    events.append({
        "uid": str(event["UID"]), "sequence": int(event["SEQUENCE"]), "status": str(event["STATUS"]),
        "start": instant(event, "DTSTART"), "end": instant(event, "DTEND"), "stamp": instant(event, "DTSTAMP"),
        "local": event.decoded("DTSTART").strftime("%Y-%m-%d %H:%M"), "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]), "description": str(event["DESCRIPTION"]),
        "organizer": str(event["ORGANIZER"]), "organizerName": str(event["ORGANIZER"].params.get("CN", "")),
        "properties": sorted(event.keys()),
    })

lines = octets.split(b"\r\n")
assert lines.pop() == b"" and not any(b"\n" in line or b"\r" in line for line in lines)
# What the library writes is read as the same again.
assert icalendar.Calendar.from_ical(calendar.to_ical()).to_ical() == calendar.to_ical()
json.dump({
    "method": str(calendar["METHOD"]), "version": str(calendar["VERSION"]), "zone": name, "events": events,
    "errors": [repr(error) for part in calendar.walk() for error in part.errors], "longest": max(map(len, lines)),
}, sys.stdout)
