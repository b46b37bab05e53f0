"""From what somebody typed to one person: exactly by number or address, by name with a choice."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from corpu.manage.forms import PersonPicker
from corpu.manage.scope import Reach
from corpu.people.directory import Line, directory
from corpu.people.queries import is_within
from corpu.people.rules import printed_nip, sign_in_name

OFFERED = 12


def pick(session: Session, form: PersonPicker, reach: Reach, at: datetime) -> UUID | None:
    """Who is meant among the active people in reach, or None with a sentence at the field.

    A name is never taken as it is, even where only one person bears it: who acts on
    somebody must have seen whom.
    """
    text = form.person.data or ""
    if not text:
        form.person.errors = [_("Tulis NIP, surel, atau nama pegawainya.")]
        return None
    found, total = directory(session, at=at, units=reach.units, words=text, limit=OFFERED)
    name = sign_in_name(text)
    exact = [line for line in found if name and name[1] in (line.nip, line.email)]
    if name and name[0] == "nip" and len(found) == 1:
        exact = found  # by a number the person had before
    if len(exact) == 1:
        return exact[0].person_id
    chosen = _chosen(session, form, reach, at) if form.searched.data == text else None
    if chosen is not None:
        return chosen
    form.searched.data, form.chosen.data = text, None
    if not found:
        form.person.errors = [
            _("Tidak ada pegawai aktif dengan nama, surel, atau NIP ini di unit Anda.")
            if reach.units is not None
            else _("Tidak ada pegawai aktif dengan nama, surel, atau NIP ini.")
        ]
        return None
    form.chosen.choices = [
        SelectChoice(line.person_id.hex, line.full_name, render_kw={"data-note": _note(line)})
        for line in found
    ]
    form.chosen.errors = [
        _("Pilih orangnya; %(shown)s dari %(total)s yang cocok.", shown=len(found), total=total)
        if total > len(found)
        else _("Pilih orangnya.")
    ]
    return None


def notes(form: PersonPicker) -> dict[str, str]:
    """The line under each person offered: number and unit."""
    return {
        choice.value: (choice.render_kw or {})["data-note"] for choice in form.chosen.choices or []
    }


def _chosen(session: Session, form: PersonPicker, reach: Reach, at: datetime) -> UUID | None:
    try:
        person_id = UUID(hex=form.chosen.data or "")
    except ValueError:
        return None
    return person_id if is_within(session, person_id, reach.units, at) else None


def _note(line: Line) -> str:
    return ", ".join(filter(None, [printed_nip(line.nip), line.post_title, line.unit_name]))
