"""Sequences of numbers: what was issued and voided, and that nothing is missing."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from wtforms import IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange

from corpu import clock
from corpu.credentials.kinds import Kind
from corpu.credentials.models import Issuer
from corpu.credentials.numbers import MOST_AT_ONCE, books, void_next
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.forms import Form
from corpu.manage import document_words as words
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import choices, reason_field
from corpu.manage.scope import Reach, reach_of
from corpu.people.models import Unit
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer
from corpu.zones import local_year


class VoidForm(Form):
    """The next numbers of a sequence, to be voided. A choice holds the last number seen."""

    sequence = SelectField(
        _l("Urutan"), validate_choice=False, validators=[DataRequired(_l("Pilih urutannya."))]
    )
    count = IntegerField(
        _l("Berapa nomor"),
        description=_l("Dihitung dari nomor berikutnya. Yang sudah dibatalkan tidak kembali."),
        validators=[
            InputRequired(_l("Tulis berapa nomor yang dibatalkan, 1 sampai 100.")),
            NumberRange(
                1, MOST_AT_ONCE, message=_l("Tulis berapa nomor yang dibatalkan, 1 sampai 100.")
            ),
        ],
        render_kw={"inputmode": "numeric"},
    )
    reason = reason_field(
        _l("Tersimpan pada nomornya. Misalnya: sudah dipakai di buku agenda, atau angkatan batal.")
    )


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_ISSUERS)


@bp.get("/manage/certificates/numbers")
@requires(Permission.MANAGE_ISSUERS)
def number_books() -> str:
    found = books(db.session(), _reach().units)
    return render_template("manage/numbers.html", found=found, words=words)


@bp.route("/manage/certificates/numbers/void", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def void_numbers() -> Any:
    reach, now = _reach(), clock.now()
    form = VoidForm(data={"count": 1})
    form.sequence.choices = choices([("", _("Pilih urutan")), *_sequences(reach, now)])
    act = Act(form)
    if act.is_asked():
        issuer_id, kind, year, last = _asked(form.sequence.data)
        me = the_viewer()
        with act, unit_of_work(db.session()) as session:
            places = void_next(
                session,
                issuer_id,
                kind,
                year,
                count=form.count.data or 0,
                last_seen=last,
                reason=form.reason.data or "",
                by=me.id,
                by_name=me.name,
                at=now,
                units=reach.units,
            )
        if act.is_done:
            flash(
                ngettext(
                    "Nomor urut %(first)s dibatalkan.",
                    "%(num)s nomor urut dibatalkan, mulai %(first)s.",
                    len(places),
                    first=places[0],
                ),
                "ok",
            )
            return redirect(url_for(".number_books"), code=303)
        # The sequence has moved: what is chosen is the same one as it stands now.
        form.sequence.choices = choices([("", _("Pilih urutan")), *_sequences(reach, now)])
        start = f"{issuer_id}|{kind.value}|{year}|"
        form.sequence.data = next(
            (one.value for one in form.sequence.choices if one.value.startswith(start)), ""
        )
    page = render_template("manage/number_void.html", form=form)
    return page, act.status


def _sequences(reach: Reach, now: Any) -> list[tuple[str, str]]:
    """The sequences of this year: issuer, kind, year and last number as a value, and in words."""
    session = db.session()
    known = {(one.issuer_id, one.kind, one.year): one.last for one in books(session, reach.units)}
    within = [] if reach.units is None else [Issuer.unit_id.in_(reach.units)]
    rows = session.execute(
        select(Issuer.id, Unit.name, Unit.timezone)
        .join(Unit, Unit.id == Issuer.unit_id)
        .where(Unit.archived_at.is_(None), *within)
        .order_by(Unit.name)
    )
    found = []
    for issuer_id, unit, zone in rows:
        year = local_year(now, zone)
        for kind in Kind:
            last = known.get((issuer_id, kind, year), 0)
            label = _(
                "%(unit)s, %(kind)s %(year)s: nomor urut berikutnya %(next)s",
                unit=unit,
                kind=words.KINDS[kind],
                year=year,
                next=last + 1,
            )
            found.append((f"{issuer_id}|{kind.value}|{year}|{last}", label))
    return found


def _asked(text: str | None) -> tuple[UUID, Kind, int, int]:
    try:
        issuer_id, kind, year, last = (text or "").split("|")
        return UUID(issuer_id), Kind(kind), int(year), int(last)
    except ValueError:
        raise NotFound from None
