"""One's own wallet: what one holds, what is still missing, and all documents at once."""

import re
from collections.abc import Iterator

from flask import Response, current_app, render_template, request, stream_with_context
from flask_babel import gettext as _

from corpu import clock
from corpu.credentials import wallet
from corpu.credentials.blueprint import bp
from corpu.credentials.bundle import Wanted, zipped
from corpu.credentials.condition_words import Reader, items_of, short
from corpu.credentials.conditions import lacking_of
from corpu.credentials.life import LAST_ZONE
from corpu.credentials.life_words import STANDINGS
from corpu.credentials.queries import Held, held_by
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.hours import words as hour_words
from corpu.hours.endings import ending_of
from corpu.permissions import Permission
from corpu.standards.words import competencies
from corpu.web import page_asked, requires, the_viewer
from corpu.zones import local_date

PAGE = 25


@bp.get("/me/certificates")
@requires(Permission.LEARN)
def mine() -> str:
    """Everything that I hold, found by words; and what is still missing for the rest."""
    me, session = the_viewer(), db.session()
    asked = request.args.get("q", "").strip()[:200]
    held = wallet.entries_of(session, me.id, me.timezone)
    words = wallet.searched(asked)
    found = [one for one in held if not words or one.matches(words, *_state_words(one))]
    first = min((page_asked() - 1) * PAGE, max(len(found) - 1, 0) // PAGE * PAGE)
    now = clock.now()
    day = local_date(now, me.timezone)
    lacking = lacking_of(session, me.id, at=now)
    return render_template(
        "credentials/mine.html",
        asked=asked,
        day=day,
        endings=ending_of(session, [me.id], day).get(me.id, ()),
        hour_words=hour_words,
        has_any=bool(held),
        documents=sum(1 + len(one.earlier) for one in held if one.held is not None),
        standings=STANDINGS,
        found=found,
        shown=found[first : first + PAGE],
        first=first,
        page=first // PAGE + 1,
        size=PAGE,
        waiting=[
            (one, [item for item in items_of(one, Reader.LEARNER) if item.state != "done"])
            for one in lacking
            if one.case.completion_id is not None
        ],
        running=[(one, short(one)) for one in lacking if one.case.completion_id is None],
        states=hour_words.STATES,
        competencies=competencies(),
    )


def _state_words(entry: wallet.Entry) -> list[str]:
    """What the page calls the kind and state of an entry, so that a search finds it."""
    if entry.outside is not None:
        return [_("Sertifikat luar"), str(hour_words.STATES[entry.outside.state][0])]
    assert entry.held is not None
    return [str(STANDINGS[entry.held.standing_on(local_date(clock.now(), LAST_ZONE))][0])]


@bp.get("/me/certificates/all.zip")
@requires(Permission.LEARN)
def all_documents() -> Response:
    """Every document of mine in one file, sent while it is written."""
    me = the_viewer()
    held = held_by(db.session(), me.id)
    if not held:
        raise NotFound
    wanted = [_wanted(place, one) for place, one in enumerate(held, start=1)]
    left_out = (
        _("Belum ikut.txt"),
        _("Dokumen ini belum dapat dibuat atau dibaca. Sertifikatnya tetap sah; coba lagi nanti."),
    )

    def sent() -> Iterator[bytes]:
        storage = current_app.extensions["storage"]
        yield from zipped(db.session(), storage, wanted, left_out=left_out)

    response = Response(stream_with_context(sent()), mimetype="application/zip")
    name = file_name(_("Sertifikat"), me.name).removesuffix(".pdf") + ".zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _wanted(place: int, held: Held) -> Wanted:
    parts = [f"{place:03}", held.title, held.course_title, held.name]
    if held.revoked_at is not None:
        parts.insert(1, _("DICABUT"))
    elif held.superseded_at is not None:
        parts.insert(1, _("DIGANTIKAN"))
    return Wanted(file_name(*parts), held.id, held.issued_at)


def file_name(*parts: str) -> str:
    """A name that people find again and every file system takes."""
    plain = (" ".join(re.sub(r'[\\/:*?"<>|\x00-\x1f.]+', " ", part).split()) for part in parts)
    return f"{' - '.join(plain)[:120].rstrip(' -')}.pdf"
