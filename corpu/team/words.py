"""The sentences of the supervisor's room."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import format_date, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from corpu.competency.ledger import Piece
from corpu.competency.match import mean_shown
from corpu.competency.queries import Account
from corpu.competency.rules import Kind as EvidenceKind
from corpu.competency.ways import Way
from corpu.competency.words import figure
from corpu.hours.rules import TARGET_JP
from corpu.i18n import day, local, number
from corpu.people.queries import Capacity
from corpu.plans.queries import PlanView
from corpu.standards.words import competencies
from corpu.team.bulk import BulkAct
from corpu.team.members import Member
from corpu.team.queries import Team
from corpu.team.rules import Group, Kind, Want, days_of_year
from corpu.ui import named, said


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
    return joined([named(competencies()[code]) for code in codes], most)


def joined(names: Sequence[str], most: int = 2) -> str:
    """The first names in words, and how many there are besides."""
    if len(names) > most:
        first = ", ".join(names[:most])
        return gettext("%(names)s, dan %(more)s lainnya", names=first, more=len(names) - most)
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
        case Kind.CERTIFICATE_EXPIRED:
            return gettext("Sertifikat habis berlaku: %(names)s", names=joined(want.titles))
        case Kind.CERTIFICATE_EXPIRING:
            return gettext("Sertifikat segera berakhir: %(names)s", names=joined(want.titles))
        case Kind.PLAN_WAITING:
            return gettext("Rencana %(year)s menunggu persetujuan Anda", year=member.year)
        case Kind.PLAN_LATE:
            return gettext("Kegiatan dalam rencana %(year)s lewat tanggal", year=member.year)
        case Kind.NO_PLAN:
            return gettext("Rencana %(year)s belum diajukan", year=member.year)
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
    zone = member.timezone
    if want.kind in (Kind.IDLE, Kind.BEHIND):
        passed, of = days_of_year(member.day)
        values = {
            "jp": number(want.jp),
            "passed": passed,
            "of": of,
            "target": number(TARGET_JP),
            "due": figure(want.due),
        }
        text = gettext(
            "Bagian %(passed)s dari %(of)s hari: %(target)s × %(passed)s ÷ %(of)s = %(due)s JP; "
            "tercatat %(jp)s JP.",
            **values,
        )
        if want.jp:
            text += " " + gettext(
                "Dengan laju ini %(jp)s JP pada akhir tahun.", jp=number(want.at_year_end)
            )
        return text
    if want.group in (Group.APPROVAL, Group.PLAN):
        return _plan_text(want)
    if want.last_day is not None:
        return _certificate_text(want, want.last_day)
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


def _certificate_text(want: Want, last_day: date) -> str:
    if want.kind is Kind.CERTIFICATE_EXPIRED:
        text = gettext("Berlaku sampai %(day)s.", day=day(last_day))
    else:
        text = gettext("Masih berlaku sampai %(day)s.", day=day(last_day))
    text += " " + gettext("Yang baru dicatat pegawai sendiri di Buku JP.")
    if want.others:
        text += " " + ngettext(
            "%(num)s sertifikat lain segera berakhir.",
            "%(num)s sertifikat lain segera berakhir.",
            want.others,
        )
    return text


def _plan_text(want: Want) -> str:
    match want.kind:
        case Kind.PLAN_WAITING:
            return gettext("Isinya tidak berubah sampai Anda memutuskan atau pemiliknya menarik.")
        case Kind.PLAN_LATE:
            return gettext("Belum dicatat selesai sesudah tanggal yang direncanakan.")
    if want.has_draft:
        return gettext("Ada draf yang belum diajukan.")
    return gettext("Belum ada yang ditulis.")


def want_since(want: Want, member: Member) -> str:
    """`Sejak 3 Maret 2026`; empty where it has not begun yet or nobody knows."""
    if want.since is None or want.since > member.day or want.group is Group.HOURS:
        return ""
    return gettext("Sejak %(day)s", day=day(want.since))


def want_link(want: Want, member: Member) -> tuple[str, str]:
    """Where the act is done, and its verb."""
    if want.codes:
        url = url_for("team.account", person_id=member.id, code=want.codes[0], _anchor="nilai")
        return url, gettext("Nilai sekarang")
    if want.group is Group.HOURS:
        return url_for("team.person", person_id=member.id), gettext("Lihat pegawai")
    if want.group is Group.CERTIFICATE:
        url = url_for("team.person", person_id=member.id, _anchor="sertifikat-luar")
        return url, gettext("Lihat sertifikat")
    url = url_for("team.plan", person_id=member.id)
    if want.kind is Kind.PLAN_WAITING:
        return url, gettext("Baca dan putuskan")
    return url, gettext("Buka rencana")


def in_place_of(capacity: Capacity) -> str:
    """In whose place the reader acts."""
    if capacity.acting:
        return gettext(
            "Anda bertindak sebagai %(post)s, untuk bawahan %(name)s.",
            post=capacity.acting,
            name=capacity.principal,
        )
    return gettext("Anda bertindak atas nama %(name)s.", name=capacity.principal)


GROUP_WORDS = {
    Group.APPROVAL: _l("Persetujuan"),
    Group.PLAN: _l("Rencana"),
    Group.RATING: _l("Penilaian"),
    Group.CERTIFICATE: _l("Sertifikat"),
    Group.HOURS: _l("Jam pelajaran"),
}


def groups(counts: Mapping[Group, int]) -> list[tuple[Group, str, int]]:
    """What one may filter by: each group of which something waits."""
    return [(group, str(GROUP_WORDS[group]), count) for group, count in counts.items() if count]


def nothing_chosen(act: BulkAct) -> str:
    """Why there is nothing to do."""
    if act is BulkAct.APPROVE:
        return gettext("Pilih dahulu paling sedikit satu rencana yang menunggu persetujuan.")
    return gettext(
        "Pilih dahulu paling sedikit satu rencana yang terlambat atau jam pelajaran yang kurang."
    )


def want_tag(want: Want, member: Member) -> tuple[str, str]:
    """Kind of the tag and its words: by when, or how much."""
    zone = member.timezone
    match want.kind:
        case Kind.EXPIRED:
            return "bad", gettext("Habis berlaku")
        case Kind.EXPIRING:
            assert want.until is not None
            return "warn", gettext("Sampai %(day)s", day=day(want.until, zone))
        case Kind.CERTIFICATE_EXPIRED:
            return "bad", gettext("Habis berlaku")
        case Kind.CERTIFICATE_EXPIRING:
            assert want.last_day is not None
            return "warn", gettext("Sampai %(day)s", day=day(want.last_day))
        case Kind.PLAN_WAITING:
            return "mine", gettext("Diajukan")
        case Kind.PLAN_LATE:
            return "warn", gettext("Lewat tanggal")
        case Kind.NO_PLAN:
            return "none", gettext("Draf") if want.has_draft else gettext("Belum ada")
        case Kind.IDLE | Kind.BEHIND:
            return "warn", gettext("Kurang %(jp)s JP", jp=figure(want.short))
    return "none", ngettext("%(num)s kompetensi", "%(num)s kompetensi", len(want.codes))


# --------------------------------------------------------------------------------- team


def reached(team: Team) -> int:
    """How many have the JP of the year."""
    return sum(one.jp >= TARGET_JP for one in team.members)


def farthest(team: Team) -> list[Member]:
    """Up to three who lack the most JP."""
    return [one for one in team.members if one.jp < TARGET_JP][:3]


def mean_match(team: Team) -> tuple[Decimal, int, Member] | None:
    """The mean of the JPM as shown, of how many people, and who has the lowest."""
    having = [(one.jpm.shown, one) for one in team.members if one.jpm is not None]
    if not having:
        return None
    _lowest, last = min(having, key=lambda pair: (pair[0], pair[1].name))
    mean = mean_shown(one.jpm for _shown, one in having)
    assert mean is not None  # there is somebody
    return mean, len(having), last


def unobserved(team: Team) -> tuple[int, int]:
    """How many of the required competencies of all people nobody has observed, of how many."""
    levels = [one.levels.get(code) for one in team.members for code in one.asked]
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


def questions(member: Member, plan: PlanView, way: Way) -> list[str]:
    """What to talk over, from what the sheet shows."""
    found = []
    kinds = {want.kind for want in member.wants}
    if way.stretches:
        most = max(way.stretches, key=lambda one: one.required - (one.before or 0))
        found.append(
            gettext(
                "Pekerjaan apa yang dapat menunjukkan %(name)s level %(level)s?",
                name=most.name,
                level=most.required,
            )
        )
    if kinds & {Kind.IDLE, Kind.BEHIND}:
        found.append(
            gettext("Apa yang menghambat belajar tahun ini, dan kapan waktunya diluangkan?")
        )
    if kinds & {Kind.CERTIFICATE_EXPIRED, Kind.CERTIFICATE_EXPIRING}:
        found.append(gettext("Sertifikat mana yang diperbarui, kapan, dan lewat apa?"))
    if Kind.PLAN_LATE in kinds:
        found.append(gettext("Kegiatan mana yang lewat tanggal, dan apa yang perlu diubah?"))
    if not plan.is_there:
        found.append(gettext("Apa yang ingin dicapai tahun ini, dan dengan kegiatan apa?"))
    for course in member.courses[:1]:
        found.append(
            Markup(gettext("Bagian mana dari %(course)s yang sudah terpakai dalam pekerjaan?"))
            % {"course": said(course.title, course.language)}
        )
    found.append(gettext("Apa yang diperlukan dari atasan agar semua ini terlaksana?"))
    return found


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
        if recorded.piece.kind is EvidenceKind.SUPERVISOR
        and viewer_id in (recorded.piece.actor_id, recorded.piece.rater_id)
    ]
    return max(found, key=lambda pair: (pair[0].observed_at, pair[0].id), default=None)
