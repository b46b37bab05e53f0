"""Recompute a person's ledger from its file alone: `python outsider.py FILE.json|FILE.csv`.

Written from the description of the score, on plain dictionaries and whole fractions, and with
nothing but Python's own library: whoever doubts the product can read this instead. Ends with 0
where every number of the file is found again, else with 1 and a line for each that is not.
"""

import calendar
import csv
import json
import sys
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

RATERS = ("supervisor", "assessor")
TESTS = ("assessment", "external")


def load(path):
    """The file as a dictionary, from either form."""
    with open(path, encoding="utf-8-sig", newline="") as stream:
        if path.endswith(".json"):
            return json.load(stream)
        return from_rows(list(csv.DictReader(stream)))


def from_rows(rows):
    """The dictionary out of the rows of the CSV, where an empty cell is nothing."""
    file = {"rule": {"caps": {}}, "required": {}, "bands": [], "relations": [], "evidence": []}
    file |= {"rules": [], "changes": {}, "recorded_changes": {}}
    result = {"competencies": {}, "jpm": None}
    for row in rows:
        row = {key: value or None for key, value in row.items()}
        kind, name, value, code = row["record"], row["name"], row["value"], row["competency"]
        if kind == "file":
            file[name] = value
        elif kind == "rule":
            if name.startswith("caps."):
                file["rule"]["caps"][name[5:]] = int(value)
            else:
                file["rule"][name] = int(value) if name == "rating_months" else value
        elif kind == "version":
            file["rules"].append(
                {
                    "version": int(name),
                    "valid_from": row["started_on"],
                    "moment": row["observed_at"],
                    "reason": row["reason"] or "",
                    "rule": json.loads(value),
                }
            )
        elif kind in ("change", "recorded_change"):
            version, side, what = name.split(".")
            change = file[f"{kind}s"].setdefault(
                (version, code),
                {
                    "version": int(version),
                    "moment": row["observed_at"],
                    "competency": code,
                    "before": {},
                    "after": {},
                },
            )
            change[side][what] = int(value) if value and what == "level" else value
        elif kind == "required":
            file["required"][code] = int(row["level"])
        elif kind == "band":
            file["bands"].append({"label": name, "min": value})
        elif kind == "relation":
            file["relations"].append(row)
        elif kind == "evidence":
            file["evidence"].append(
                row | {"level": int(row["level"]), "thin": row["thin"] == "true"}
            )
        elif kind == "result":
            here = result["competencies"].setdefault(
                code, {"mastery": {}, "ignored": {}, "speaks_until": {}, "counted": []}
            )
            group, _, rest = name.partition(".")
            if rest:
                here[group][rest] = value
            elif name == "counted":
                here[name] = (value or "").split()
            elif name == "capped":
                here[name] = value == "true"
            else:
                here[name] = int(value) if value and name in ("level", "gap") else value
        elif kind == "jpm":
            whole = name not in ("percent", "band")
            result["jpm"] = (result["jpm"] or {}) | {name: int(value) if whole else value}
    for group in ("changes", "recorded_changes"):
        file[group] = list(file[group].values())
    return file | {"result": result}


def recompute(file):
    """The results, from the evidence, the rule, the relations and the moment."""
    at = moment(file["moment"])
    rule = rule_at(file, at)
    results = {}
    for code in file["result"]["competencies"]:
        pieces, speaks = read(file, file["evidence"], code, rule, at)
        needed = file["required"].get(code)
        results[code] = one(pieces, rule, at, needed) | {"speaks_until": speaks}
    return {"competencies": results, "jpm": match(results, file["required"], file["bands"])}


def read(file, evidence, code, rule, at):
    """The pieces of one competency with the moment until which each speaks."""
    pieces, speaks = [], {}
    for piece in evidence:
        if piece["competency"] != code:
            continue
        until = moment(piece["valid_until"])
        if piece["kind"] == "supervisor" and piece["rated_by"]:
            until = rating_ends(piece, file, rule, at)
            speaks[piece["id"]] = until.isoformat()
        if not piece["thin"]:
            pieces.append((piece, until))
    return pieces, speaks


def rule_at(file, at):
    """The latest version in force at a moment."""
    begun = [r for r in file["rules"] if not r["valid_from"] or moment(r["valid_from"]) <= at]
    return max(begun, key=lambda r: r["version"])["rule"]


def changes(file):
    """What each version of the rule made of the scores when they began to follow it: the former
    and the new one upon the same evidence, that which was known then."""
    found = []
    for former, new in zip(file["rules"], file["rules"][1:], strict=False):
        at = moment(new["moment"])
        if at > moment(file["moment"]):
            continue
        known = [p for p in file["evidence"] if moment(p["recorded_at"]) <= at]
        for code in sorted({piece["competency"] for piece in known}):
            change = {"version": new["version"], "moment": new["moment"], "competency": code}
            for side, rule in (("before", former["rule"]), ("after", new["rule"])):
                pieces, _ = read(file, known, code, rule, at)
                result = one(pieces, rule, at, None)
                change[side] = {"level": result["level"], "score": result["score"]}
            found.append(change)
    return found


def rating_ends(piece, file, rule, at):
    """`rating_months` after it was given, and six months after the relation ended if sooner."""
    given = moment(piece["observed_at"])
    zone = ZoneInfo(file["zone"])
    today = at.astimezone(zone).date()
    begun = [
        relation
        for relation in file["relations"]
        if relation["rated_by"] == piece["rated_by"]
        and date.fromisoformat(relation["started_on"]) <= today
    ]
    ends = [r["ended_on"] and date.fromisoformat(r["ended_on"]) for r in begun]
    by_age = later(given, rule["rating_months"])
    if not begun:
        ended = given  # the relation was struck out afterwards
    elif any(end is None or end.year >= 9000 for end in ends):
        return by_age
    else:
        day = max(ends) + timedelta(days=1)
        ended = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return min(by_age, later(ended, 6))


def later(when, months):
    month = when.month - 1 + months
    year, month = when.year + month // 12, month % 12 + 1
    return when.replace(
        year=year, month=month, day=min(when.day, calendar.monthrange(year, month)[1])
    )


def one(pieces, rule, at, needed):
    """One competency: which pieces stand, what each level's mean is, which level is shown."""
    ignored, usable = {}, []
    for piece, until in pieces:
        revoked = moment(piece["revoked_at"])
        if revoked and revoked <= at:
            ignored[piece["id"]] = "revoked"
        elif piece["kind"] in ("self", "peer"):
            ignored[piece["id"]] = piece["kind"]
        elif moment(piece["observed_at"]) > at:
            ignored[piece["id"]] = "future"
        elif until and until <= at:
            ignored[piece["id"]] = "expired"
        else:
            usable.append(piece)

    standing = {}
    for piece in usable:
        test = piece["kind"] in TESTS
        key = (piece["kind"], piece["source"], piece["level"] if test else 0)
        seen = moment(piece["observed_at"])
        if not test:
            rank = (seen, piece["level"], piece["id"])
        elif rule["retake"] == "latest":
            rank = (seen, Fraction(piece["score"]), piece["id"])
        else:
            rank = (Fraction(piece["score"]), seen, piece["id"])
        if key in standing:
            loser = min((rank, piece), standing[key], key=lambda pair: pair[0])[1]
            ignored[loser["id"]] = "superseded"
        if key not in standing or rank > standing[key][0]:
            standing[key] = (rank, piece)
    kept = [piece for _, piece in standing.values()]

    threshold = Fraction(rule["mastery"])
    means, shown, shown_without_caps = {}, [], []
    for level in (1, 2, 3, 4, 5):
        rated = any(p["kind"] in RATERS and p["level"] >= level for p in kept)
        tests = [p for p in kept if p["kind"] in TESTS and p["level"] == level]
        alone = [p for p in tests if rule["caps"][p["kind"]] >= level]
        means[level] = mean(tests)
        reached = means[level] is not None and means[level] >= threshold
        by_tests = reached and mean(alone) is not None and mean(alone) >= threshold
        shown.append(rated or by_tests)
        shown_without_caps.append(rated or reached)

    level = top(shown, rule) if kept else None
    return {
        "level": level,
        "score": score_of(level, means, threshold),
        "capped": top(shown_without_caps, rule) > top(shown, rule),
        "gap": None if needed is None else needed - (level or 0),
        "mastery": {
            # Cut off after two decimals, so that a missed threshold never looks met.
            str(number): None if value is None else hundredths(value)
            for number, value in means.items()
        },
        "counted": sorted(piece["id"] for piece in kept),
        "ignored": ignored,
    }


def mean(tests):
    weight = sum(Fraction(piece["weight"]) for piece in tests)
    if not weight:
        return None
    return sum(Fraction(p["score"]) * Fraction(p["weight"]) for p in tests) / weight


def hundredths(value):
    whole, rest = divmod(int(value * 100), 100)
    return f"{whole}.{rest:02}"


def top(shown, rule):
    levels = [number for number, is_shown in enumerate(shown, start=1) if is_shown]
    if rule["cumulative"] == "implied":
        return max(levels, default=0)
    level = 0
    while level + 1 in levels:
        level += 1
    return level


def score_of(level, means, threshold):
    if level is None:
        return None
    progress = Fraction(0)
    if level < 5 and means[level + 1] is not None:
        progress = min(Fraction(99, 100), means[level + 1] / threshold)
    return hundredths(level + progress + Fraction(1, 200))


def match(results, required, bands):
    """100 x what is achieved over what is required, half up."""
    if not required:
        return None
    levels = [results[code]["level"] for code in required]
    achieved, total = sum(level or 0 for level in levels), sum(required.values())
    exact = Fraction(100 * achieved, total)
    observed = sum(level is not None for level in levels)
    met = [band for band in bands if exact >= Fraction(band["min"])]
    best = max(met, key=lambda band: Fraction(band["min"]), default=None)
    return {
        "achieved": achieved,
        "required": total,
        "observed": observed,
        "of": len(required),
        "percent": hundredths(exact + Fraction(1, 200)),
        "band": best["label"] if best and observed == len(required) else None,
    }


def moment(text):
    return datetime.fromisoformat(text) if text else None


def differences(file):
    """What the file says and what it should say, by name."""
    found, said = recompute(file), file["result"]
    for code, numbers in found["competencies"].items():
        for name, value in numbers.items():
            if said["competencies"][code].get(name) != value:
                yield f"{code} {name}: {said['competencies'][code].get(name)} != {value}"
    if said["jpm"] != found["jpm"]:
        yield f"jpm: {said['jpm']} != {found['jpm']}"
    if plain(file["rule"]) != plain(rule_at(file, moment(file["moment"]))):
        yield "rule: not the version in force at the moment"
    if file["changes"] != changes(file):
        yield f"changes: {file['changes']} != {changes(file)}"


def plain(rule):
    """A rule whose numbers are compared as numbers, whichever form they were read from."""
    return rule | {"mastery": Fraction(rule["mastery"])}


if __name__ == "__main__":
    wrong = list(differences(load(sys.argv[1])))
    sys.stdout.write(("\n".join(wrong) or "every number found again") + "\n")
    sys.exit(1 if wrong else 0)
