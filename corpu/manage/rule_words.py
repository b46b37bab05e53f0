"""The words about rules of scoring: their values, what differs, how far they are applied."""

from collections.abc import Mapping

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from corpu.competency import words as competency_words
from corpu.competency.change_models import ApplicationState
from corpu.competency.rules import Kind, Rule

STATES = {
    ApplicationState.WAITING: ("warn", _l("Menunggu giliran"), "clock"),
    ApplicationState.RUNNING: ("mine", _l("Sedang diterapkan"), "clock"),
    ApplicationState.STOPPED: ("bad", _l("Dihentikan"), "x"),
    ApplicationState.DONE: ("ok", _l("Sudah diterapkan"), ""),
}
DIRECTIONS = {
    "up": _l("Level naik"),
    "down": _l("Level turun"),
    "score": _l("Hanya skor yang berubah"),
}


def values(rule: Rule) -> list[tuple[str, str]]:
    """Each value of a rule with its name, in the order in which the score uses them."""
    return [
        (gettext("Batas penguasaan"), competency_words.figure(rule.mastery)),
        (gettext("Percobaan yang dipakai"), str(competency_words.RETAKES[rule.retake])),
        (gettext("Level di bawahnya"), str(competency_words.LOWER_LEVELS[rule.cumulative])),
        (
            gettext("Paling tinggi dari ujian kursus"),
            gettext("Level %(level)s", level=rule.caps[Kind.ASSESSMENT]),
        ),
        (
            gettext("Paling tinggi dari sertifikat luar"),
            gettext("Level %(level)s", level=rule.caps[Kind.EXTERNAL]),
        ),
        (
            gettext("Penilaian atasan berlaku"),
            gettext("%(months)s bulan", months=rule.rating_months),
        ),
    ]


def differences(former: Rule, rule: Rule) -> list[tuple[str, str, str]]:
    """(name, before, after) of the values that differ."""
    return [
        (name, before, after)
        for (name, before), (_name, after) in zip(values(former), values(rule), strict=True)
        if before != after
    ]


def level(found: int | None) -> str:
    """A level in a table."""
    if found is None:
        return gettext("belum teramati")
    return gettext("level %(level)s", level=found)


def since(changes: Mapping[str, int]) -> list[str]:
    """What has come into the ledger since a preview."""
    said = []
    if count := changes.get("evidence", 0):
        said.append(ngettext("%(num)s bukti baru", "%(num)s bukti baru", count))
    if count := changes.get("withdrawn", 0):
        said.append(ngettext("%(num)s bukti dicabut", "%(num)s bukti dicabut", count))
    if count := changes.get("relations", 0):
        said.append(
            ngettext(
                "%(num)s perubahan hubungan atasan", "%(num)s perubahan hubungan atasan", count
            )
        )
    return said
