"""The outline beside a page: each page's state, and the reason where it is locked."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from corpu.catalog.outline import PageInfo
from corpu.i18n import score
from corpu.learning.seat import Seat
from corpu.ui import said


def outline_rows(seat: Seat, current: str | None = None) -> list[dict[str, Any]]:
    """What components/outline.html draws."""
    rows = []
    proven = seat.proven_modules
    for index, module in enumerate(seat.outline.modules, start=1):
        pages = [_row(seat, page, current) for page in module.pages]
        rows.append(
            {
                "title": f"{index}. {module.title}",
                "is_proven": module in proven,
                "done": sum(page.id in seat.done for page in module.pages),
                "total": len(module.pages),
                "pages": pages,
            }
        )
    return rows


def _row(seat: Seat, page: PageInfo, current: str | None) -> dict[str, Any]:
    first = seat.lock(page.id)
    if page.id == current:
        state = "current"
    elif page.id in seat.done:
        state = "done"
    else:
        state = "locked" if first else "open"
    return {
        "title": page.title,
        "url": url_for("learning.page", slug=seat.outline.slug, page_id=page.id),
        "state": state,
        "note": _note(seat, page, first, current),
    }


def _note(seat: Seat, page: PageInfo, first: PageInfo | None, current: str | None) -> str:
    if first is not None:
        title = said(first.title, seat.outline.language)
        return Markup(_("Terbuka setelah “%(title)s” selesai")) % {"title": title}
    proven = seat.proven.get(page.id)
    if proven is not None and seat.has_changed(page):
        return _("Sudah dikuasai; isinya berubah sejak uji awal")
    if proven is not None and not seat.standing(page.id).attempts:
        return _("Sudah dikuasai") if proven.is_done else _("Sudah dikuasai, tetap perlu dibaca")
    if seat.has_changed(page):
        return _("Isinya berubah sejak Anda selesai")
    if seat.is_new(page):
        return _("Baru sejak Anda selesai")
    if page.quiz is not None:
        standing = seat.standing(page.id)
        if standing.in_progress:
            return _("Sedang dikerjakan")
        if standing.awaiting_grade:
            return _("Menunggu penilaian pengajar")
        if standing.best_score is not None:
            best = score(standing.best_score)
            if page.id in seat.done:
                return _("Nilai %(score)s. Lulus", score=best)
            return _("Nilai %(score)s. Belum lulus", score=best)
        return _("%(count)s soal", count=page.quiz.questions)
    if page.id == current:
        return _("Anda di sini, %(minutes)s menit", minutes=page.minutes)
    return "" if page.id in seat.done else _("%(minutes)s menit", minutes=page.minutes)
