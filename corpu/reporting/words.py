"""The sentences of Beranda: what has happened, and what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from corpu.credentials.queries import Held
from corpu.credentials.reasons import Reason, who_acts, why
from corpu.hours.validity import Stage, stage
from corpu.i18n import day, number
from corpu.learning.seat import Seat
from corpu.reporting.duties import Duties
from corpu.reporting.news import LATELY, Happened, Piece
from corpu.standards.words import competencies
from corpu.team import words as team_words
from corpu.team.members import Member
from corpu.team.models import Subject
from corpu.team.rules import Want
from corpu.ui import named, said
from corpu.zones import local_date


@dataclass(frozen=True)
class Item:
    """A piece of news as the page draws it; `at` None: it lasts as long as it is shown."""

    icon: str
    title: str
    text: str
    url: str
    link: str
    at: datetime | None = None


@dataclass(frozen=True)
class Duty:
    """Something that waits for the viewer in another room."""

    icon: str
    title: str
    text: str
    url: str
    link: str


# --------------------------------------------------------------------------------- news


def news_items(
    held: Iterable[Held],
    pieces: Iterable[Piece],
    running: Iterable[Seat],
    now: datetime,
    timezone: str,
) -> list[Item]:
    """What lasts and asks for somebody first, then what happened, latest first."""
    found = list(_certificate_items(held, now))
    lasting = list(_awaiting_items(running))
    rated: dict[tuple[Any, Any], list[Piece]] = {}
    asked: list[Piece] = []
    for piece in pieces:
        if piece.kind is Happened.RATED:
            rated.setdefault((piece.id, local_date(piece.at, timezone)), []).append(piece)
        elif piece.kind is Happened.REMINDED:
            found.append(_reminded_item(piece))
        elif piece.kind is Happened.EXPIRING:
            found.append(_expiring_item(piece))
        elif piece.kind is Happened.PENDING:
            lasting.insert(0, _pending_item(piece))
        elif piece.kind is Happened.ASKED:
            asked.append(piece)
        elif piece.kind is not Happened.ENDING:  # that is a step, see `ending_items`
            found.append(_graded_item(piece) if piece.title else _visit_item(piece, timezone))
    if asked:
        lasting.insert(0, _asked_item(asked))
    found += [_rated_item(together) for together in rated.values()]
    found.sort(key=lambda item: item.at or now, reverse=True)
    return lasting + found


def _certificate_items(held: Iterable[Held], now: datetime) -> Iterable[Item]:
    for one in held:
        url = url_for("credentials.certificate", certificate_id=one.id)
        if one.revoked_at is not None and one.revoked_at >= now - LATELY:
            yield Item(
                "ban",
                _("Sertifikat dicabut"),
                _mixed(
                    _("%(course)s, nomor %(number)s."),
                    course=said(one.course_title, "id"),
                    number=one.number,
                ),
                url,
                _("Lihat sebabnya"),
                one.revoked_at,
            )
        elif one.revoked_at is None and one.issued_at >= now - LATELY:
            if one.superseded_at is not None:  # its successor is the news
                continue
            yield Item(
                "award",
                _("Sertifikat dibetulkan") if one.replaces_id else _("Sertifikat terbit"),
                _mixed(
                    _("%(course)s, %(jp)s JP."),
                    course=said(one.course_title, "id"),
                    jp=number(one.jp),
                ),
                url,
                _("Lihat sertifikat"),
                one.issued_at,
            )


def _awaiting_items(running: Iterable[Seat]) -> Iterable[Item]:
    for seat in running:
        for title in awaiting(seat):
            yield Item(
                "clock",
                _("Menunggu penilaian pengajar"),
                _mixed(
                    _("%(page)s pada %(course)s."),
                    page=said(title, seat.outline.language),
                    course=said(seat.outline.title, seat.outline.language),
                ),
                url_for("learning.course", slug=seat.outline.slug),
                _("Lihat yang kurang"),
            )


def _pending_item(piece: Piece) -> Item:
    reason = Reason(piece.code)
    return Item(
        "clock",
        _mixed(_("Sertifikat %(course)s menunggu"), course=said(piece.title, piece.language)),
        f"{why(reason, piece.detail)} {who_acts(reason, piece.name)}",
        url_for("credentials.mine"),
        _("Lihat sertifikat"),
    )


def _expiring_item(piece: Piece) -> Item:
    return Item(
        "clock",
        _mixed(_("Pengingat: sertifikat %(course)s akan berakhir"), course=said(piece.title, "id")),
        _("Berlaku sampai %(day)s.", day=day(date.fromisoformat(piece.detail))),
        url_for("credentials.certificate", certificate_id=piece.id),
        _("Lihat sertifikat"),
        piece.at,
    )


def _asked_item(asked: list[Piece]) -> Item:
    """All evaluations that wait as one piece of news, a reminder where one is due."""
    reminded = any(piece.level for piece in asked)
    return Item(
        "chat",
        _("Pengingat: evaluasi menunggu jawaban Anda")
        if reminded
        else _("Evaluasi menunggu jawaban Anda"),
        ngettext(
            "%(num)s orang yang selesai kursus beberapa bulan lalu.",
            "%(num)s orang yang selesai kursus beberapa bulan lalu.",
            len(asked),
        ),
        url_for("evaluation.asked"),
        _("Jawab"),
    )


def _graded_item(piece: Piece) -> Item:
    passed = _("Lulus") if piece.level else _("Belum lulus")
    return Item(
        "edit",
        _("Jawaban Anda sudah dinilai"),
        _mixed(
            _("%(course)s: %(passed)s."),
            course=said(piece.title, piece.language),
            passed=passed,
        ),
        url_for("assessment.result", slug=piece.slug, page_id=piece.code, attempt_id=piece.id),
        _("Lihat hasil"),
        piece.at,
    )


def _reminded_item(piece: Piece) -> Item:
    is_plan = piece.code == Subject.PLAN
    return Item(
        "bell",
        _("%(name)s mengingatkan rencana Anda", name=piece.name)
        if is_plan
        else _("%(name)s mengingatkan jam pelajaran Anda", name=piece.name),
        _("“%(text)s”", text=piece.detail),
        url_for("plans.mine") if is_plan else url_for("hours.book"),
        _("Buka rencana") if is_plan else _("Buka Buku JP"),
        piece.at,
    )


def _visit_item(piece: Piece, timezone: str) -> Item:
    return Item(
        "eye",
        _("%(name)s membuka halaman Anda", name=piece.name),
        _("Terakhir pada %(day)s.", day=day(piece.at, timezone)),
        url_for("people.account"),
        _("Lihat siapa saja"),
        piece.at,
    )


def _rated_item(together: list[Piece]) -> Item:
    """What one supervisor rated on one day; of two ratings of a competency the later."""
    latest: dict[str, Piece] = {}
    for piece in sorted(together, key=lambda piece: piece.at):
        latest[piece.code] = piece
    levels = [
        _("%(name)s level %(level)s", name=named(row), level=latest[code].level)
        for code, row in competencies().items()
        if code in latest
    ]
    text = ", ".join(levels[:2])
    if len(levels) > 2:
        text = _("%(names)s, dan %(more)s lainnya", names=text, more=len(levels) - 2)
    only = next(iter(latest)) if len(latest) == 1 else None
    return Item(
        "chat",
        _("%(name)s menilai Anda", name=together[0].name),
        f"{text}.",
        url_for("competency.account", code=only) if only else url_for("competency.profile"),
        _("Lihat skor"),
        max(piece.at for piece in together),
    )


def _mixed(sentence: str, **values: Any) -> Markup:
    """A sentence with titles in it that keep their own language."""
    return Markup(sentence) % values


def awaiting(seat: Seat) -> list[str]:
    """Titles of the quizzes whose answers wait for a grade."""
    return [info.title for info in seat.outline.pages if seat.standing(info.id).awaiting_grade]


# ------------------------------------------------------------------------------- duties


def first_of_team(member: Member, want: Want) -> Duty:
    """What a supervisor's most urgent person needs, as the step of the day."""
    url, link = team_words.want_link(want, member)
    text = f"{team_words.want_title(want, member)}. {team_words.want_text(want, member)}"
    return Duty("people", member.name, text, url, link)


def ending_items(pieces: Iterable[Piece], today: date) -> tuple[list[Duty], list[Duty]]:
    """Certificates that end: those that do within 30 days or have ended already, and those that
    do within 90; each the earliest end first."""
    near: list[Duty] = []
    later: list[Duty] = []
    ending = (piece for piece in pieces if piece.kind is Happened.ENDING)
    for piece in sorted(ending, key=lambda piece: piece.detail):
        last = date.fromisoformat(piece.detail)
        found = stage(last, today)
        if found is not None:
            (later if found is Stage.SOON else near).append(_ending_item(piece, last, found))
    return near, later


def _ending_item(piece: Piece, last: date, found: Stage) -> Duty:
    is_over = found is Stage.EXPIRED
    return Duty(
        "award",
        _("Sertifikat habis berlaku: %(title)s", title=piece.title)
        if is_over
        else _("Sertifikat segera berakhir: %(title)s", title=piece.title),
        (
            _("Berlaku sampai %(day)s.", day=day(last))
            if is_over
            else _("Masih berlaku sampai %(day)s.", day=day(last))
        )
        + " "
        + (
            _("Ulangi kursusnya untuk memperbarui; sejak 90 hari sebelumnya sudah boleh.")
            if piece.slug
            else _("Perbarui, lalu catat sertifikat yang baru di Buku JP dengan nama yang sama.")
        ),
        url_for("credentials.certificate", certificate_id=piece.id)
        if piece.slug
        else url_for("credentials.mine", _anchor="luar"),
        _("Lihat sertifikat"),
    )


def duty_items(duties: Duties) -> list[Duty]:
    """Each with the room in which it is done; a room that is not there has no link."""
    found = []
    if duties.essays:
        found.append(
            Duty(
                "edit",
                ngettext(
                    "%(num)s jawaban menunggu penilaian Anda",
                    "%(num)s jawaban menunggu penilaian Anda",
                    duties.essays,
                ),
                _("Sertifikat peserta baru terbit setelah jawabannya dinilai."),
                _room("authoring", "/author/grading"),
                _("Nilai jawaban"),
            )
        )
    if duties.certificate_requests:
        found.append(
            Duty(
                "award",
                ngettext(
                    "%(num)s permintaan tentang sertifikat",
                    "%(num)s permintaan tentang sertifikat",
                    duties.certificate_requests,
                ),
                _("Menunggu persetujuan orang kedua, atau pembetulan yang diminta pemiliknya."),
                url_for("manage.certificate_requests"),
                _("Jawab"),
            )
        )
    if duties.certificates:
        found.append(
            Duty(
                "award",
                ngettext(
                    "%(num)s sertifikat belum dapat terbit",
                    "%(num)s sertifikat belum dapat terbit",
                    duties.certificates,
                ),
                _("Sebabnya dan siapa yang perlu bertindak ada di daftarnya."),
                _room("manage", "/manage/certificates/waiting"),
                _("Lihat yang menunggu"),
            )
        )
    if duties.unlinked:
        found.append(
            Duty(
                "link",
                ngettext(
                    "%(num)s orang belum dapat masuk",
                    "%(num)s orang belum dapat masuk",
                    duties.unlinked,
                ),
                _("Tanpa kata sandi; tautan sekali pakainya belum dibuat atau sudah lewat."),
                _room("manage", "/manage/people"),
                _("Buat tautan"),
            )
        )
    if duties.failed_jobs:
        found.append(
            Duty(
                "alert",
                ngettext(
                    "%(num)s pekerjaan latar terhenti",
                    "%(num)s pekerjaan latar terhenti",
                    duties.failed_jobs,
                ),
                _("Sudah dicoba berulang kali. Petugas sistem perlu melihat sebabnya."),
                _room("manage", "/manage"),
                _("Buka Kelola"),
            )
        )
    return found


def _room(name: str, path: str) -> str:
    return request.script_root + path if name in current_app.blueprints else ""
