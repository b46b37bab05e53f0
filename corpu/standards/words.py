"""The competencies of today for pages: the nine and those of the agencies, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from corpu import clock
from corpu.extensions import db
from corpu.standards.queries import book_of
from corpu.standards.rules import Row
from corpu.web import viewer
from corpu.zones import local_date


def competencies() -> Mapping[str, Row]:
    """Every competency by code, those in force today first: for names, which outlast it. No
    statement where somebody is signed in."""
    return book_of(db.session()).ever(today())


def in_force() -> Mapping[str, Row]:
    """Only those in force today: what may be chosen."""
    return book_of(db.session()).rows(today())


def today() -> date:
    """The day where the reader is; that of Jakarta for nobody."""
    person = viewer()
    return local_date(clock.now(), person.timezone if person else "Asia/Jakarta")
