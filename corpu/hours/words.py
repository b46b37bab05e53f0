"""How this room says things: forms, amounts, caps, states, suspicions, the forecast."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from corpu import i18n
from corpu.hours.claim_queries import STANDS, ClaimLine
from corpu.hours.conversion import Cap, Form, Measure, Period
from corpu.hours.forecast import Forecast, Outlook
from corpu.hours.models import Decision, State
from corpu.hours.pairs import Likeness
from corpu.hours.tables import source_of
from corpu.hours.validity import Ending, Stage
from corpu.ui import named

number = i18n.number

STATES = {
    State.CLAIMED: (_l("Menunggu verifikasi"), "warn"),
    State.VERIFIED: (_l("Terverifikasi"), "ok"),
    State.REFUSED: (_l("Ditolak"), "bad"),
    State.WITHDRAWN: (_l("Ditarik"), "none"),
}

DECISIONS = {
    Decision.VERIFIED: _l("Diverifikasi"),
    Decision.REFUSED: _l("Ditolak"),
    Decision.WITHDRAWN: _l("Ditarik pemiliknya"),
}

LIKENESSES = {
    Likeness.SAME_PROOF: _l("Berkas buktinya sama."),
    Likeness.SAME_TITLE: _l("Judulnya sama."),
    Likeness.ALIKE_SAME_DAYS: _l("Judulnya mirip dan harinya berimpit."),
    Likeness.TWO_PLACES: _l("Dua kegiatan klasikal pada hari yang sama."),
}


def form_name(form: Form) -> str:
    """The form in the reader's language."""
    return named(form.names)


def rate(form: Form) -> str:
    """What one of it makes: `4 JP per hari`."""
    if form.measure is Measure.JP:
        if form.fallback is None:
            return _("JP menurut sertifikat")
        return _("JP menurut sertifikat, atau %(jp)s JP per hari", jp=number(form.fallback))
    jp = number(form.jp or 0)
    if form.measure is Measure.DAY:
        return _("%(jp)s JP per hari", jp=jp)
    if form.measure is Measure.SESSION:
        return _("%(jp)s JP per sesi", jp=jp)
    return _("%(jp)s JP per kegiatan", jp=jp)


def cap_words(cap: Cap) -> str:
    """The cap as a sentence."""
    if cap.per is Period.DAY:
        return _("Dihitung paling banyak %(jp)s JP sehari.", jp=number(cap.jp))
    return _("Dihitung paling banyak %(jp)s JP sebulan.", jp=number(cap.jp))


def choice_label(form: Form) -> str:
    """A form as the list of choices has it, with what it makes."""
    return _("%(form)s: %(rate)s", form=form_name(form), rate=rate(form))


def amount_words(form: Form, amount: Decimal) -> str:
    """How much of it: `3 hari`, `1 sesi`."""
    if form.measure is Measure.DAY:
        return ngettext("%(num)s hari", "%(num)s hari", int(amount))
    if form.measure is Measure.SESSION:
        return ngettext("%(num)s sesi", "%(num)s sesi", int(amount))
    if form.measure is Measure.ACTIVITY:
        return _("1 kegiatan")
    return _("%(jp)s JP", jp=number(amount))


def rule_words(version: str) -> str:
    """Which rule gave the JP."""
    return _("%(source)s, tabel %(version)s", source=source_of(version), version=version)


def days_words(one: Any) -> str:
    """From when to when."""
    if one.started_on == one.ended_on:
        return i18n.day(one.ended_on)
    return _(
        "%(first)s sampai %(last)s", first=i18n.day(one.started_on), last=i18n.day(one.ended_on)
    )


@dataclass(frozen=True)
class CapLine:
    """A cap that cuts something off, for the table behind the bar."""

    label: str
    claimed: Decimal
    counted: Decimal
    reason: str


def cut_off(lines: Iterable[ClaimLine]) -> list[CapLine]:
    """Each form of which more is verified than counts, with the reason."""
    found: dict[str, list[ClaimLine]] = {}
    for line in lines:
        if line.state is State.VERIFIED and line.form.cap:
            found.setdefault(line.form.code, []).append(line)
    return [
        CapLine(
            form_name(some[0].form),
            sum((one.jp for one in some), Decimal()),
            sum((one.counted for one in some), Decimal()),
            cap_words(some[0].form.cap),
        )
        for some in found.values()
        if some[0].form.cap and any(one.over for one in some)
    ]


def counted_words(line: ClaimLine) -> str:
    """What of a claim counts, where it is not simply all of it."""
    if line.state not in STANDS or not line.over or not line.form.cap:
        return ""
    return _(
        "%(over)s JP di atas batas. %(cap)s",
        over=number(line.over),
        cap=cap_words(line.form.cap),
    )


def ending_tag(ending: Ending, day: date) -> tuple[str, str]:
    """Kind of the tag and its words: until when a certificate holds, or that it does no more."""
    if ending.stage_on(day) is Stage.EXPIRED:
        return "bad", _("Habis berlaku")
    return "warn", _("Sampai %(day)s", day=i18n.day(ending.valid_until))


def forecast_words(found: Forecast, waiting: Decimal, year: int) -> str:
    """The forecast in a sentence or two, its reckoning included; empty once all is reached."""
    if found.outlook is Outlook.REACHED:
        return ""
    missing = number(found.missing)
    if found.outlook is Outlook.WAITING_REACHES:
        return _(
            "%(waiting)s JP menunggu verifikasi. Bila semuanya diverifikasi, 20 JP tahun ini "
            "tercapai.",
            waiting=number(waiting),
        )
    if found.outlook is Outlook.ON_PACE and found.reached_on:
        return _(
            "Dengan laju sejak awal tahun, 20 JP tercapai sekitar %(day)s.",
            day=i18n.day(found.reached_on),
        )
    needed = _(
        "Untuk mencapai 20 JP perlu %(missing)s JP lagi sampai 31 Desember, kira-kira "
        "%(per_month)s JP tiap 30 hari.",
        missing=missing,
        per_month=number(found.per_month),
    )
    if found.outlook is Outlook.NOTHING:
        return needed
    pace = _(
        "Dengan laju sejak awal tahun, jumlahnya menjadi %(jp)s JP pada 31 Desember %(year)s.",
        jp=number(found.at_year_end),
        year=year,
    )
    return f"{pace} {needed}"
