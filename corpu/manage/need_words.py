"""The words about what another requirement changes: gaps, levels, which posts are meant."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from corpu.competency.need_changes import Turn
from corpu.people.post_words import post_type
from corpu.standards.posts import Asked

TURNS = {
    Turn.NEW: _l("Kesenjangan baru"),
    Turn.WIDER: _l("Kesenjangan melebar"),
    Turn.NARROWER: _l("Kesenjangan menyempit"),
    Turn.CLOSED: _l("Kesenjangan hilang"),
}
TAGS = {
    Turn.NEW: ("bad", "plus"),
    Turn.WIDER: ("warn", "up"),
    Turn.NARROWER: ("", "down"),
    Turn.CLOSED: ("ok", ""),
    Turn.NONE: ("none", ""),
}


def turn(found: Turn) -> tuple[str, str, str]:
    """What becomes of a gap, as a tag: kind, words, symbol."""
    kind, symbol = TAGS[found]
    return kind, str(TURNS.get(found, gettext("Tetap terpenuhi"))), symbol


def level(found: int | None) -> str:
    """A required level in a table; 0 takes a requirement away."""
    if found is None:
        return "–"
    return str(found) if found else gettext("tidak disyaratkan")


def post(asked: Asked) -> str:
    """Which posts are meant, in short."""
    return asked.title or post_type(asked.post_type)


def unit(unit_id: UUID | None, units: Mapping[UUID, str]) -> str:
    """Where they are; a unit that is no longer there has no name."""
    return units.get(unit_id, "–") if unit_id else gettext("Semua unit")
