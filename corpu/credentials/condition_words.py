"""Conditions in words: what is asked, how it stands, who must act, and where.

A learner reads their own marks. Supervisors and managers read states: no answer, no mark and
nothing of an attempt that is under way.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from corpu.credentials.conditions import OF_ISSUE, Prospect
from corpu.credentials.reasons import Reason, who_acts, why
from corpu.i18n import day, number, score
from corpu.learning.conditions import Act, Condition, Item, Need, State
from corpu.learning.diagnostics import WITHOUT_PROVEN
from corpu.ui import said


class Reader(StrEnum):
    """Who reads."""

    LEARNER = "learner"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"


TITLES = {
    Need.ENROLMENT: _l("Mengikuti kursus"),
    Need.COMPLETION: _l("Kursus selesai"),
    Need.HOURS: _l("Jam pelajaran dapat dicantumkan"),
    Need.ISSUER: _l("Unit penerbit ditetapkan"),
    Need.SIGNATORY: _l("Penanda tangan ditetapkan"),
    Need.PLACE: _l("Tempat penandatanganan ditetapkan"),
    Need.NUMBER: _l("Nomor dapat diberikan"),
    Need.CONTENT: _l("Semua tulisannya dapat dicetak"),
    Need.REGISTRATION: _l("Kode registrasi LAN dicatat"),
    Need.KEY: _l("Kunci tanda tangan dapat dibuka"),
    Need.BATCH: _l("Diterbitkan per angkatan"),
    Need.ISSUED: _l("Sertifikat terbit"),
    Need.DOCUMENT: _l("PDF dibuat"),
}
AT_ISSUER = {
    Reason.NO_ISSUER,
    Reason.NO_SIGNATORY,
    Reason.NO_PLACE,
    Reason.BROKEN_TEMPLATE,
    Reason.NUMBER_TAKEN,
}
READY = (*OF_ISSUE, Need.ISSUED)  # said in one line while all of it is fulfilled


def items_of(prospect: Prospect, reader: Reader, units: Collection[UUID] | None = ()) -> list[Item]:
    """The conditions as a list to read: pages in one line, what issuing asks in one line while
    nothing of it is missing, and nothing that follows from what is said already.

    `units` are those whose pages the reader may open (None: all).
    """
    found: list[Item] = []
    by_need: dict[Need, list[Condition]] = {}
    for one in prospect.conditions:
        by_need.setdefault(one.need, []).append(one)

    def tell(conditions: Iterable[Condition]) -> None:
        found.extend(item_of(prospect, one, reader, units) for one in conditions)

    if reader is not Reader.LEARNER:  # whose page of the course has the button
        tell(one for one in by_need[Need.ENROLMENT] if not one.is_done)
    if pages := by_need.get(Need.PAGE):
        found.append(_pages(prospect, pages, reader))
    tell(by_need.get(Need.QUIZ, ()))
    tell(one for one in by_need[Need.COMPLETION] if one.state is not State.MISSING)
    if not prospect.has_document:
        return found
    if _left_out(prospect) or not prospect.meets(Need.HOURS):
        tell(by_need[Need.HOURS])
    asked = [one for need in OF_ISSUE[1:] for one in by_need[need]]
    if all(one.is_done for one in asked):
        if prospect.case.certificate is None:
            found.append(_ready(prospect))
    else:
        # What follows from a missing issuer is said with it.
        tell(one for one in asked if not one.is_done and (one.reason or one.act is Act.SYSTEM))
    tell(one for one in by_need[Need.ISSUED] if one.state is not State.MISSING)
    if prospect.case.certificate is not None:
        tell(by_need[Need.DOCUMENT])
    return found


def item_of(
    prospect: Prospect,
    condition: Condition,
    reader: Reader,
    units: Collection[UUID] | None = (),
) -> Item:
    """One condition in words."""
    if condition.need is Need.QUIZ:
        return _quiz(prospect, condition, reader)
    if condition.need is Need.PAGE:
        return _page(prospect, condition, reader)
    text, url, verb = _SAID[condition.need](prospect, condition, reader)
    if condition.reason and reader is Reader.MANAGER:
        url, verb = _to_mend(prospect, condition, units)
    return Item(condition.state, str(TITLES[condition.need]), text, url, verb)


def short(prospect: Prospect) -> str:
    """What is missing, in a line: `Masih 3 halaman, Kuis akhir.`"""
    unmet = [one for one in prospect.unmet if one.need in (Need.PAGE, Need.QUIZ)]
    pages = sum(one.need is Need.PAGE for one in unmet)
    parts: list[Any] = []
    if pages:
        parts.append(ngettext("%(num)s halaman", "%(num)s halaman", pages))
    parts += [_title(prospect, one) for one in unmet if one.need is Need.QUIZ]
    if not parts:
        return ""
    return _mixed(_("Masih kurang: %(what)s."), what=Markup(", ").join(parts))


# ------------------------------------------------------------------------------- learning


def _title(prospect: Prospect, condition: Condition) -> Any:
    assert condition.page is not None
    return said(condition.page.title, prospect.seat.outline.language)


def _to_page(prospect: Prospect, condition: Condition) -> str:
    assert condition.page is not None
    return url_for("learning.page", slug=prospect.seat.outline.slug, page_id=condition.page.id)


def _open(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str]:
    """Where the learner goes on, while the page can be opened."""
    if reader is not Reader.LEARNER or not prospect.seat.may_read or condition.locked_by:
        return "", ""
    return _to_page(prospect, condition), _mixed(
        _("Buka %(title)s"), title=_title(prospect, condition)
    )


def _pages(prospect: Prospect, pages: list[Condition], reader: Reader) -> Item:
    """All pages to be read, as one condition."""
    title = ngettext(
        "Satu halaman bacaan selesai", "Semua %(num)s halaman bacaan selesai", len(pages)
    )
    left = [one for one in pages if not one.is_done]
    proven = sum(one.is_proven for one in pages)
    text = [_("Semua sudah selesai.")]
    if left:
        text = [ngettext("Masih %(num)s halaman.", "Masih %(num)s halaman.", len(left))]
    if proven:
        text.append(
            ngettext(
                "%(num)s di antaranya sudah dikuasai menurut uji awal.",
                "%(num)s di antaranya sudah dikuasai menurut uji awal.",
                proven,
            )
        )
    if not left:
        return Item(State.DONE, title, " ".join(text))
    text.append(_mixed(_("Berikutnya: %(title)s."), title=_title(prospect, left[0])))
    return Item(State.MISSING, title, _joined(text), *_open(prospect, left[0], reader))


def _page(prospect: Prospect, condition: Condition, reader: Reader) -> Item:
    text = _("Belum selesai.")
    if condition.is_done:
        proven = _("Sudah dikuasai menurut uji awal.")
        text = proven if condition.is_proven else _("Selesai.")
        return Item(condition.state, _title(prospect, condition), text)
    if condition.locked_by:
        text = _joined([text, _locked(prospect, condition)])
    return Item(
        condition.state, _title(prospect, condition), text, *_open(prospect, condition, reader)
    )


def _quiz(prospect: Prospect, condition: Condition, reader: Reader) -> Item:
    assert condition.mark is not None
    title = _mixed(
        _("%(title)s, nilai paling sedikit %(mark)s"),
        title=_title(prospect, condition),
        mark=number(condition.mark),
    )
    if condition.is_done:
        return Item(State.DONE, title, _passed(condition, reader))
    if condition.state is State.WAITING:
        return Item(State.WAITING, title, _awaits(prospect, condition, reader))
    text = [_tried(condition, reader)]
    link = ("", "")
    if condition.locked_by:
        text.append(_locked(prospect, condition))
    elif condition.act is Act.TEACHER:
        text.append(
            _("Percobaan Anda sudah habis; hubungi pengajar kursus ini.")
            if reader is Reader.LEARNER
            else _("Percobaannya sudah habis; pengajar kursus ini perlu bertindak.")
        )
    else:
        link = _open(prospect, condition, reader)
    return Item(State.MISSING, title, _joined(text), *link)


def _passed(condition: Condition, reader: Reader) -> str:
    if condition.is_proven:
        return _("Sudah dikuasai menurut uji awal.")
    best = condition.standing.best_score
    if best is None or reader is not Reader.LEARNER:
        return _("Lulus.")
    return _("Lulus dengan nilai %(score)s.", score=score(best))


def _tried(condition: Condition, reader: Reader) -> str:
    standing = condition.standing
    if reader is not Reader.LEARNER:
        return _("Belum lulus.")
    if standing.in_progress:
        return _("Sedang dikerjakan.")
    if standing.best_score is not None:
        return _("Nilai terbaik sejauh ini %(score)s.", score=score(standing.best_score))
    return _("Belum dikerjakan.")


def _awaits(prospect: Prospect, condition: Condition, reader: Reader) -> str:
    case = prospect.case
    text = [
        _("Jawaban uraian menunggu penilaian sejak %(day)s.", day=_day(prospect, condition))
        if condition.since
        else _("Jawaban uraian menunggu penilaian."),
        # A title at the end brings its own full stop.
        _("Yang menilai: %(names)s.", names="; ".join(case.graders).removesuffix("."))
        if case.graders
        else _("Yang menilai: pengelola %(unit)s.", unit=case.owner_name),
    ]
    if reader is Reader.LEARNER:
        text.append(_("Tidak ada yang perlu Anda lakukan."))
    return " ".join(text)


def _locked(prospect: Prospect, condition: Condition) -> str:
    assert condition.locked_by is not None
    return _mixed(
        _("Terbuka setelah “%(title)s” selesai."),
        title=said(condition.locked_by.title, prospect.seat.outline.language),
    )


def _enrolment(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str, str]:
    seat = prospect.seat
    if condition.is_done:
        return _("Sejak %(day)s.", day=_day(prospect, condition)), "", ""
    if condition.act is Act.NOBODY:
        return _("Kursus ini sudah diarsipkan dan tidak menerima peserta baru."), "", ""
    is_own = reader is Reader.LEARNER
    url = url_for("catalog.course", slug=seat.outline.slug) if is_own else ""
    if seat.left_at is not None:
        text = _(
            "Ditinggalkan pada %(day)s. Kemajuannya tetap tersimpan.",
            day=_day(prospect, condition),
        )
        return text, url, _("Ikuti lagi") if is_own else ""
    return _("Belum diikuti."), url, _("Ikuti kursus ini") if is_own else ""


def _completion(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str, str]:
    if condition.is_done:
        return _("Selesai pada %(day)s.", day=_day(prospect, condition)), "", ""
    if condition.state is State.WAITING:
        return _("Semua syaratnya terpenuhi; selesainya dicatat dengan sendirinya."), "", ""
    return _("Tercatat begitu semua syarat di atas terpenuhi."), "", ""


# -------------------------------------------------------------------------------- issuing


def _left_out(prospect: Prospect) -> bool:
    case = prospect.case
    if case.completion_id is not None:
        return case.facts.hours_rule == WITHOUT_PROVEN
    return case.facts.jp != prospect.seat.outline.jp


def _hours(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str, str]:
    if not condition.is_done:
        return _("JP kursus ini tidak dapat dicetak; pengajarnya perlu membetulkannya."), "", ""
    jp = number(prospect.case.facts.jp)
    if _left_out(prospect):
        return (
            _(
                "%(jp)s JP. Menurut aturan kursus, modul yang sudah dikuasai pada uji awal dan "
                "tidak diikuti tidak memberi JP.",
                jp=jp,
            ),
            "",
            "",
        )
    return _("%(jp)s JP.", jp=jp), "", ""


def _for_issue(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str, str]:
    if condition.reason:
        reason = Reason(condition.reason)
        act = who_acts(reason, prospect.case.unit[1])
        return f"{why(reason, condition.detail)} {act}", "", ""
    if condition.is_done:
        return _("Sudah."), "", ""
    return _("Menunggu unit penerbit."), "", ""


def _ready(prospect: Prospect) -> Item:
    return Item(
        State.DONE,
        _("Siap diterbitkan"),
        _(
            "%(unit)s menerbitkannya; penanda tangan, tempat, dan nomornya siap.",
            unit=prospect.case.unit[1],
        ),
    )


def _issued(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str, str]:
    issued = prospect.case.certificate
    if issued is not None:
        url = (
            url_for("credentials.certificate", certificate_id=issued.id)
            if reader is Reader.LEARNER
            else ""
        )
        text = _("Nomor %(number)s, %(day)s.", number=issued.number, day=_day(prospect, condition))
        if issued.revoked_at is not None:
            zone = prospect.case.facts.timezone
            text += " " + _("Dicabut pada %(day)s.", day=day(issued.revoked_at, zone))
        return text, url, _("Lihat sertifikat") if url else ""
    if condition.state is State.WAITING:
        return (
            _(
                "Semua syaratnya terpenuhi. Kami mencobanya lagi dengan sendirinya dalam sepuluh "
                "menit."
            ),
            "",
            "",
        )
    return _("Terbit dengan sendirinya begitu semua syarat di atas terpenuhi."), "", ""


def _document(prospect: Prospect, condition: Condition, reader: Reader) -> tuple[str, str, str]:
    issued = prospect.case.certificate
    own = (
        (url_for("credentials.pdf", certificate_id=issued.id), _("Unduh PDF"))
        if issued is not None and reader is Reader.LEARNER
        else ("", "")
    )
    if condition.is_done:
        return _("Sudah dibuat dan disimpan."), *own
    if issued is None:
        return _("Dibuat begitu sertifikatnya terbit."), "", ""
    if condition.state is State.WAITING:
        return _("Sedang dibuat di latar. Mengunduhnya membuatnya saat itu juga."), *own
    return (
        _(
            "Pembuatannya sudah dicoba berulang kali dan terhenti. Sertifikatnya tetap sah; "
            "pengelola dapat mencobanya lagi."
        ),
        *own,
    )


_SAID = {
    Need.ENROLMENT: _enrolment,
    Need.COMPLETION: _completion,
    Need.HOURS: _hours,
    **dict.fromkeys(OF_ISSUE[1:], _for_issue),
    Need.ISSUED: _issued,
    Need.DOCUMENT: _document,
}


def _to_mend(
    prospect: Prospect, condition: Condition, units: Collection[UUID] | None
) -> tuple[str, str]:
    """Where a manager removes what is in the way, if it is theirs to remove."""
    reason, (unit_id, _name) = Reason(condition.reason), prospect.case.unit
    if reason in AT_ISSUER and (units is None or unit_id in units):
        return url_for("manage.issuer", unit_id=unit_id), _("Buka data penerbitan")
    if reason is Reason.NO_REGISTRATION and (units is None or unit_id in units):
        return url_for("manage.registrations"), _("Catat kode registrasi")
    if reason is Reason.BATCH and (units is None or unit_id in units):
        course_id = prospect.case.facts.course_id
        return url_for("manage.new_batch", course=course_id), _("Terbitkan untuk banyak orang")
    if reason is Reason.UNPRINTABLE:
        return url_for("manage.people", q=prospect.case.facts.name), _("Cari orangnya")
    return "", ""


def _day(prospect: Prospect, condition: Condition) -> str:
    assert condition.since is not None
    return day(condition.since, prospect.case.facts.timezone)


def _mixed(sentence: str, **values: Any) -> Markup:
    """A sentence with titles in it that keep their own language."""
    return Markup(sentence) % values


def _joined(parts: Iterable[str]) -> Markup:
    return Markup(" ").join(escape(part) for part in parts)
