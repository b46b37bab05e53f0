"""The sentences of the supervisor's room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_date, get_locale, gettext, ngettext

from corpu.competency.ledger import Piece
from corpu.competency.queries import Account
from corpu.competency.rules import Kind as EvidenceKind
from corpu.competency.words import figure
from corpu.hours.rules import TARGET_JP
from corpu.i18n import day, local, number
from corpu.standards.words import competencies
from corpu.team.queries import Member, Team
from corpu.team.rules import Kind, Want, days_of_year
from corpu.ui import named
from corpu.zones import local_date


def weekday(at: datetime, timezone: str) -> str:
    """`Selasa, 24 November 2026`"""
    return format_date(local(at, timezone).date(), "EEEE, d MMMM y")


def jp(hours: Decimal) -> str:
    return gettext("%(jp)s JP", jp=number(hours))


def finding(things: int) -> str:
    """What the page says in one line."""
    if not things:
        return gettext("Tidak ada yang menunggu Anda hari ini")
    return ngettext(
        "%(num)s hal menunggu Anda hari ini", "%(num)s hal menunggu Anda hari ini", things
    )


def names_of(codes: Sequence[str], most: int = 2) -> str:
    """`Kerja Sama, Komunikasi, dan 3 lainnya`"""
    names = [named(competencies()[code]) for code in codes[:most]]
    if len(codes) > most:
        return gettext(
            "%(names)s, dan %(more)s lainnya", names=", ".join(names), more=len(codes) - most
        )
    return gettext(" dan ").join(names)


def want_title(want: Want, member: Member) -> str:
    """What waits, as a fact."""
    names = names_of(want.codes)
    match want.kind:
        case Kind.EXPIRED:
            return gettext("Penilaian Anda tidak berlaku lagi: %(names)s", names=names)
        case Kind.EXPIRING:
            return gettext("Penilaian Anda segera berakhir: %(names)s", names=names)
        case Kind.CAPPED:
            return gettext("Hanya penilaian Anda yang kurang: %(names)s", names=names)
        case Kind.UNRATED:
            return gettext("Belum pernah Anda nilai: %(names)s", names=names)
        case Kind.IDLE:
            return gettext("Belum mengikuti kursus apa pun pada %(year)s", year=member.year)
        case Kind.BEHIND:
            return gettext(
                "%(jp)s JP dari %(target)s, kurang dari bagian tahun ini",
                jp=number(want.jp),
                target=number(TARGET_JP),
            )


def want_text(want: Want, member: Member) -> str:
    """Why, with the figures it follows from."""
    zone = member.standing.timezone
    if want.kind in (Kind.IDLE, Kind.BEHIND):
        passed, of = days_of_year(local_date(member.at, zone))
        values = {
            "jp": number(want.jp),
            "passed": passed,
            "of": of,
            "target": number(TARGET_JP),
            "due": figure(want.due),
        }
        return gettext(
            "Bagian %(passed)s dari %(of)s hari: %(target)s × %(passed)s ÷ %(of)s = %(due)s JP; "
            "tercatat %(jp)s JP.",
            **values,
        )
    text = {
        Kind.EXPIRED: gettext("Tidak dihitung lagi dalam skor sejak %(day)s."),
        Kind.EXPIRING: gettext("Dihitung sampai %(day)s. Nilailah lagi agar skornya tidak turun."),
        Kind.CAPPED: gettext(
            "Nilai ujian sudah cukup untuk level yang lebih tinggi, tetapi ujian saja tidak dapat "
            "membuktikannya."
        ),
        Kind.UNRATED: gettext("Skornya belum memuat apa yang Anda lihat dalam pekerjaannya."),
    }[want.kind]
    if want.until is not None:
        text = text % {"day": day(want.until, zone)}
    if want.others:
        text += " " + ngettext(
            "%(num)s kompetensi lain juga menunggu.",
            "%(num)s kompetensi lain juga menunggu.",
            want.others,
        )
    return text


def want_tag(want: Want, member: Member) -> tuple[str, str]:
    """Kind of the tag and its words: by when, or how much."""
    zone = member.standing.timezone
    match want.kind:
        case Kind.EXPIRED:
            return "bad", gettext("Habis berlaku")
        case Kind.EXPIRING:
            assert want.until is not None
            return "warn", gettext("Sampai %(day)s", day=day(want.until, zone))
        case Kind.IDLE | Kind.BEHIND:
            return "warn", gettext("Kurang %(jp)s JP", jp=figure(want.short))
    return "none", ngettext("%(num)s kompetensi", "%(num)s kompetensi", len(want.codes))


def is_rating(want: Want) -> bool:
    """Whether the act is to rate; otherwise it is to look and talk."""
    return bool(want.codes)


# --------------------------------------------------------------------------------- team


def reached(team: Team) -> int:
    """How many have the JP of the year."""
    return sum(one.jp >= TARGET_JP for one in team.members)


def farthest(team: Team) -> list[Member]:
    """Up to three who lack the most JP."""
    return [one for one in team.members if one.jp < TARGET_JP][:3]


def mean_match(team: Team) -> tuple[Decimal, list[Member]] | None:
    """The mean of the JPM as shown, and those who have one, lowest first."""
    matched = [(one.jpm, one) for one in team.members]
    having = sorted(
        ((match.shown, one) for match, one in matched if match is not None),
        key=lambda pair: (pair[0], pair[1].name),
    )
    if not having:
        return None
    total = sum((shown for shown, _ in having), Decimal())
    return (total / len(having)).quantize(Decimal("0.01")), [one for _, one in having]


def unobserved(team: Team) -> tuple[int, int]:
    """How many of the required competencies of all people nobody has observed, of how many."""
    levels = [one.levels[code] for one in team.members for code in one.required or one.levels]
    return sum(level is None for level in levels), len(levels)


def heat_columns(team: Team) -> list[dict[str, str]]:
    known = competencies()
    return [{"code": code, "name": named(known[code])} for code in team.codes]


def eyebrow(team: Team, at: datetime, timezone: str) -> str:
    """The day, and how many people the page is about."""
    today, people = weekday(at, timezone), len(team.members) + team.left_out
    if not people:
        return today
    return ngettext("%(day)s. %(num)s pegawai", "%(day)s. %(num)s pegawai", people, day=today)


# ------------------------------------------------------------------------------- rating


def observable(row: Mapping[str, Any]) -> str:
    """What somebody at this level can be seen doing, in the reader's language."""
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    return str(row["observable_en" if english else "observable_id"])


def own_rating(account: Account, viewer_id: Any) -> tuple[Piece, bool] | None:
    """The viewer's latest rating in this account, and whether it counts."""
    found = [
        (recorded.piece, recorded.why_not is None)
        for recorded in (*account.counted, *account.ignored)
        if recorded.piece.kind is EvidenceKind.SUPERVISOR and recorded.piece.actor_id == viewer_id
    ]
    return max(found, key=lambda pair: (pair[0].observed_at, pair[0].id), default=None)
