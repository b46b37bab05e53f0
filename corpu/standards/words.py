"""The competencies of today for pages: the nine and those of the agencies, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext

from corpu import clock, vocabulary
from corpu.extensions import db
from corpu.standards.queries import book_of
from corpu.standards.rules import Row
from corpu.ui import named
from corpu.web import viewer
from corpu.zones import local_date


def competencies() -> Mapping[str, Row]:
    """Every competency by code, those in force today first: for names, which outlast it. No
    statement where somebody is signed in."""
    return book_of(db.session()).ever(today())


def in_force() -> Mapping[str, Row]:
    """Only those in force today: what may be chosen."""
    return book_of(db.session()).rows(today())


def post_type(code: str) -> str:
    """`Jabatan Pengawas`, `Jabatan fungsional, Ahli Muda`; the code where it is unknown."""
    data = vocabulary.load("jabatan")
    for row in data["types"]:
        if row["code"] == code:
            return named(row)
    for row in data["jf_jenjang"]:
        if f"JF_{row['code']}" == code:
            return gettext("Jabatan fungsional, %(tier)s", tier=row["name"])
    return code


def today() -> date:
    """The day where the reader is; that of Jakarta for nobody."""
    person = viewer()
    return local_date(clock.now(), person.timezone if person else "Asia/Jakarta")
