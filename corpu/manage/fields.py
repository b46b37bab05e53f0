"""Choices that depend on who looks, and values read back from them."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from corpu.manage import queries
from corpu.manage.scope import Reach
from corpu.people.records import UnknownUnit

ALL = "all"  # the whole agency, as the value of a choice


def unit_choices(
    session: Session, reach: Reach, *, empty: str = "", without: set[UUID] | None = None
) -> list[SelectChoice]:
    """The units in reach, indented as in their tree; `empty` is the words of no choice."""
    lines = queries.unit_tree(session, reach.units)
    first = [SelectChoice("", empty)] if empty else []
    return first + [
        SelectChoice(str(line.id), line.label) for line in lines if line.id not in (without or ())
    ]


def scope_choices(session: Session, reach: Reach) -> list[SelectChoice]:
    """Where a role may hold: who reaches everything may give it for everything."""
    first = [SelectChoice(ALL, _("Seluruh instansi"))] if reach.is_all else []
    return first + unit_choices(session, reach)


def unit_of(field: Any, reach: Reach) -> UUID | None:
    """The unit chosen, None for the whole agency. Raises UnknownUnit for what is not in reach,
    which no form of ours offers."""
    if field.data == ALL and reach.is_all:
        return None
    try:
        unit_id = UUID(field.data or "")
    except ValueError:
        raise UnknownUnit from None
    if not reach.holds(unit_id):
        raise UnknownUnit
    return unit_id


def the_unit_of(field: Any, reach: Reach) -> UUID:
    """The unit chosen, where there must be one. Raises UnknownUnit."""
    unit_id = unit_of(field, reach)
    if unit_id is None:
        raise UnknownUnit
    return unit_id
