"""What a dictionary and a standard may say: every problem is found, not only the first."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpu.codes import same
from corpu.errors import N_
from corpu.standards.rules import CODE, HIGHEST, LONGEST_CODE, Entry

LONGEST = {"name_id": 160, "name_en": 160, "definition_id": 1000, "definition_en": 1000}
LONGEST_TEXT = 600  # of a description or an observable behaviour
MOST_OBSERVABLES = 12
MOST_COMPETENCIES = 200  # of one dictionary
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `field` is the name of a field, `level` of which level; `row` is the
    row of a file, the heading being 1. The sentence is a gettext source."""

    field: str
    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    level: int | None = None
    row: int | None = None


def check_entry(
    entry: Entry, shipped: Collection[str], elsewhere: Mapping[str, str]
) -> list[Problem]:
    """What is wrong with a competency. `elsewhere` names the dictionary of each code, as `same`
    compares it, that another dictionary has."""
    return [*_check_code(entry.code, shipped, elsewhere), *_check_names(entry), *_levels(entry)]


def _check_code(
    code: str, shipped: Collection[str], elsewhere: Mapping[str, str]
) -> Iterator[Problem]:
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        yield Problem(
            "code",
            N_(
                "Kode terdiri atas huruf besar, angka, dan tanda hubung, paling panjang %(most)s; "
                "misalnya TIK-01."
            ),
            {"most": LONGEST_CODE},
        )
    elif same(code) in {same(one) for one in shipped}:
        yield Problem("code", N_("Kode ini milik kamus bawaan. Pilih kode lain."))
    elif same(code) in elsewhere:
        yield Problem(
            "code", N_("Kode ini sudah dipakai di kamus %(name)s."), {"name": elsewhere[same(code)]}
        )


def _check_names(entry: Entry) -> Iterator[Problem]:
    if not entry.name_id:
        yield Problem("name_id", N_("Tulis nama kompetensinya."))
    if not entry.definition_id:
        yield Problem("definition_id", N_("Tulis definisinya."))
    for name, most in LONGEST.items():
        if len(getattr(entry, name)) > most:
            yield Problem(name, N_("Tulis paling banyak %(most)s huruf."), {"most": most})


def _levels(entry: Entry) -> Iterator[Problem]:
    for number, text in enumerate(entry.levels, 1):
        if not text.description_id:
            yield Problem("description_id", N_("Tulis uraian level ini."), level=number)
        if not text.observables_id:
            yield Problem(
                "observables_id",
                N_("Tulis paling sedikit satu perilaku yang dapat diamati."),
                level=number,
            )
        for name in ("description_id", "description_en"):
            if len(getattr(text, name)) > LONGEST_TEXT:
                yield _too_long(name, number)
        for name in ("observables_id", "observables_en"):
            said = getattr(text, name)
            if any(len(one) > LONGEST_TEXT for one in said):
                yield _too_long(name, number)
            if len(said) > MOST_OBSERVABLES:
                yield Problem(
                    name,
                    N_("Tulis paling banyak %(most)s perilaku."),
                    {"most": MOST_OBSERVABLES},
                    level=number,
                )


def _too_long(name: str, level: int) -> Problem:
    return Problem(name, N_("Tulis paling banyak %(most)s huruf."), {"most": LONGEST_TEXT}, level)


def check_levels(levels: Mapping[str, Any], known: Collection[str]) -> list[Problem]:
    """What is wrong with required levels: an unknown code, or a level outside 1 to 5 (and 0,
    which says that the competency is not required). `field` is the code."""
    found = []
    for code, level in levels.items():
        if code not in known:
            found.append(
                Problem(
                    code,
                    N_("Tidak ada kompetensi berkode %(code)s yang berlaku pada hari itu."),
                    {"code": code},
                )
            )
        elif isinstance(level, bool) or not isinstance(level, int) or not 0 <= level <= HIGHEST:
            found.append(
                Problem(
                    code,
                    N_("Level %(code)s ditulis 1 sampai 5, atau 0 bila tidak disyaratkan."),
                    {"code": code},
                )
            )
    return found
