"""The account of one score as a PDF: the sentences of the page, set in type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask_babel import get_locale, gettext
from markupsafe import Markup

from corpu.competency import words
from corpu.competency.facts import MEASURED
from corpu.competency.phrases import exact, figure
from corpu.competency.queries import Account, Recorded
from corpu.i18n import moment
from corpu.typesetting import typeset

TEMPLATE = Path(__file__).parent / "templates" / "competency" / "account.typ"


def account_pdf(account: Account, timezone: str) -> bytes:
    """Draw the account in the reader's language. Raises PdfRefused and PdfUnavailable."""
    return typeset(TEMPLATE, said_of(account, timezone), timestamp=int(account.at.timestamp()))


def said_of(account: Account, timezone: str) -> dict[str, Any]:
    """What the document says: every sentence as on the page, without its marks."""
    here = account.standing
    locale = get_locale()
    return {
        "language": locale.language if locale else "id",
        "title": account.name,
        "person": here.full_name,
        "post": ", ".join(part for part in (here.post_title, here.unit_name) if part),
        "agency": here.agency_name,
        "asof": gettext("Keadaan %(when)s.", when=plain(moment(account.at, timezone))),
        "score": gettext("Belum teramati")
        if account.score is None
        else f"{figure(account.score)} {gettext('dari 5')}",
        "summary": plain(words.summary(account)),
        "rule": plain(words.rule_name(account, timezone)),
        "need_title": words.need_title(account),
        "need": plain(words.need_text(account)),
        "ladder_title": gettext("Level demi level"),
        "rungs": [
            {
                "name": words.level_name(rung.names),
                "state": words.rung_state(rung)[2],
                "text": plain(words.rung_text(rung, account.in_force.rule)),
            }
            for rung in account.rungs
        ],
        "sum": plain(words.score_text(account) or ""),
        "columns": [
            gettext("Bukti"),
            gettext("Asal dan tanggal"),
            gettext("Level"),
            gettext("Nilai"),
            gettext("Bobot"),
            gettext("Keadaan"),
        ],
        "parts": [
            {"title": title, "none": none, "rows": [_row(one, account, timezone) for one in rows]}
            for title, none, rows in (
                (
                    gettext("Bukti yang dihitung"),
                    gettext("Belum ada bukti yang dihitung."),
                    account.counted,
                ),
                (gettext("Bukti yang tidak dihitung, dan sebabnya"), "", account.ignored),
            )
            if rows or none
        ],
        "history_title": gettext("Perubahan aturan"),
        "history": [
            {
                "title": words.rule_changed(fact, timezone)[0],
                "text": words.rule_changed(fact, timezone)[1],
                "reason": gettext("Dasar: %(reason)s", reason=fact.reason),
            }
            for fact in account.history
        ],
    }


def plain(text: str) -> str:
    """The words of a marked-up sentence."""
    return Markup(text).striptags() if isinstance(text, Markup) else str(text)


def _row(recorded: Recorded, account: Account, timezone: str) -> list[str]:
    piece = recorded.piece
    measured = piece.kind in MEASURED
    if recorded.why_not:
        state = " ".join(
            plain(part) for part in words.why_not(recorded, account.in_force.rule, timezone)
        )
    else:
        until = plain(words.counts_until(piece, timezone) or "")
        state = until or gettext("Dihitung")
    origin = plain(words.origin(piece, timezone))
    if piece.reason:
        origin += " " + gettext("“%(reason)s”", reason=piece.reason)
    return [
        piece.label if measured else str(words.KINDS[piece.kind]),
        origin,
        str(piece.level),
        exact(piece.score) if measured and piece.score is not None else "–",
        exact(piece.weight) if measured else "–",
        state,
    ]
