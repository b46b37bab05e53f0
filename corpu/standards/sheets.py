"""The one layout in which dictionaries and standards come in and go out, as docs/kamus.md says.

A dictionary has a row for each level of each competency; what belongs to the competency stands
in the first of its rows and may be repeated. Standards have a row for each kind of post and a
column for each competency. Reading finds every problem, by row and column, before anything is
kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from corpu.codes import same
from corpu.errors import N_
from corpu.standards.checks import MOST_COMPETENCIES, Problem, check_entry, check_levels
from corpu.standards.posts import Asked
from corpu.standards.rules import HIGHEST, Entry, LevelText, title_key
from corpu.texts import clean_lines, clean_text
from corpu.workbooks import Table

DICTIONARY = (
    "kode",
    "nama",
    "nama_en",
    "definisi",
    "definisi_en",
    "level",
    "uraian",
    "uraian_en",
    "perilaku",
    "perilaku_en",
)
STANDARDS = ("jenis_jabatan", "jabatan", "unit")  # and a column for each competency
COLUMN_OF = {
    "code": "kode",
    "name_id": "nama",
    "name_en": "nama_en",
    "definition_id": "definisi",
    "definition_en": "definisi_en",
    "description_id": "uraian",
    "description_en": "uraian_en",
    "observables_id": "perilaku",
    "observables_en": "perilaku_en",
}
ABOUT = ("name_id", "name_en", "definition_id", "definition_en")
MOST_PROBLEMS = 200  # shown; who has more has the wrong file


def dictionary_rows(entries: Sequence[Entry]) -> Iterator[list[Any]]:
    """The rows under the heading `DICTIONARY`."""
    for entry in entries:
        for number, text in enumerate(entry.levels, 1):
            about = [getattr(entry, name) for name in ABOUT] if number == 1 else [""] * 4
            yield [
                entry.code,
                *about,
                number,
                text.description_id,
                text.description_en,
                "\n".join(text.observables_id),
                "\n".join(text.observables_en),
            ]


def read_dictionary(
    table: Table, shipped: Mapping[str, Any], elsewhere: Mapping[str, str]
) -> tuple[list[Entry], list[Problem]]:
    """The competencies of a table in its order, and everything that is wrong with it."""
    if problems := check_heading(
        table,
        DICTIONARY,
        required=("kode", "nama", "definisi", "level", "uraian", "perilaku"),
        others=False,
    ):
        return [], problems
    place = {name_of(text): n for n, text in enumerate(table[0])}
    entries: dict[str, Entry] = {}
    first: dict[str, int] = {}
    level_rows: dict[tuple[str, int], int] = {}
    problems = []
    for number, row in enumerate(table[1:], 2):
        if not any(row):
            continue

        def said(name: str, row: list[str] = row) -> str:
            n = place.get(COLUMN_OF.get(name, name))
            return row[n] if n is not None and n < len(row) else ""

        code = clean_text(said("code")).upper()
        if not code:
            problems.append(Problem("code", N_("Tulis kode kompetensinya."), row=number))
            continue
        level = clean_text(said("level"))
        if level not in map(str, range(1, HIGHEST + 1)):
            problems.append(Problem("level", N_("Level ditulis 1 sampai 5."), row=number))
            continue
        if (code, int(level)) in level_rows:
            problems.append(
                Problem(
                    "level",
                    N_("%(code)s level %(level)s sudah ada di baris %(other)s."),
                    {"code": code, "level": level, "other": level_rows[code, int(level)]},
                    row=number,
                )
            )
            continue
        level_rows[code, int(level)] = number
        first.setdefault(code, number)
        entry = entries.get(code) or Entry(code, "")
        for name in ABOUT:
            text = clean_text(said(name))
            if text and getattr(entry, name) and text != getattr(entry, name):
                problems.append(
                    Problem(
                        name,
                        N_("Berbeda dari baris %(other)s untuk %(code)s yang sama."),
                        {"other": first[code], "code": code},
                        row=number,
                    )
                )
            changed: Any = {name: getattr(entry, name) or text}
            entry = replace(entry, **changed)
        levels = list(entry.levels)
        levels[int(level) - 1] = LevelText(
            clean_text(said("description_id")),
            clean_text(said("description_en")),
            clean_lines(said("observables_id")),
            clean_lines(said("observables_en")),
        )
        entries[code] = replace(entry, levels=tuple(levels))
    problems += _check_entries(entries, first, level_rows, shipped, elsewhere)
    if not entries and not problems:
        problems.append(Problem("code", N_("Tabel ini tidak memuat satu kompetensi pun."), row=1))
    return list(entries.values()), sorted(problems, key=lambda one: one.row or 0)


def _check_entries(
    entries: Mapping[str, Entry],
    first: Mapping[str, int],
    level_rows: Mapping[tuple[str, int], int],
    shipped: Mapping[str, Any],
    elsewhere: Mapping[str, str],
) -> Iterator[Problem]:
    if len(entries) > MOST_COMPETENCIES:
        yield Problem(
            "code",
            N_("Satu kamus memuat paling banyak %(most)s kompetensi."),
            {"most": MOST_COMPETENCIES},
            row=1,
        )
    seen: dict[str, str] = {}
    for code, entry in entries.items():
        if same(code) in seen:
            yield Problem(
                "code",
                N_("Kode ini terbaca sama dengan %(code)s."),
                {"code": seen[same(code)]},
                row=first[code],
            )
        seen[same(code)] = code
        for number in range(1, HIGHEST + 1):
            if (code, number) not in level_rows:
                yield Problem(
                    "level",
                    N_("%(code)s belum punya baris level %(level)s."),
                    {"code": code, "level": number},
                    row=first[code],
                )
        for problem in check_entry(entry, shipped, elsewhere):
            if problem.level is None:
                yield replace(problem, row=first[code])
            elif (code, problem.level) in level_rows:
                yield replace(problem, row=level_rows[code, problem.level])


# ------------------------------------------------------------------------------ standards


@dataclass(frozen=True)
class Line:
    """One row of a table of standards."""

    row: int
    asked: Asked


def standard_rows(
    asked: Sequence[Asked], codes: Sequence[str], units: Mapping[UUID, str]
) -> Iterator[list[Any]]:
    """The rows under `STANDARDS` and the codes; `units` knows the code of each unit."""
    for one in asked:
        levels = one.levels or {}
        yield [
            one.post_type,
            one.title,
            units.get(one.unit_id, "") if one.unit_id else "",
            *[levels.get(code) for code in codes],
        ]


def read_standards(
    table: Table,
    known: Mapping[str, Any],
    post_types: Sequence[str],
    units: Mapping[str, UUID],
) -> tuple[list[Line], list[Problem]]:
    """What a table requires of posts, and everything that is wrong with it. An empty cell
    leaves a competency to the wider standard, 0 takes it away. `units` by `same` of its code."""
    if problems := check_heading(table, STANDARDS, required=("jenis_jabatan",), others=True):
        return [], problems
    names = [name_of(text) for text in table[0]]
    columns: dict[int, str] = {}
    by_key = {same(code): code for code in known}
    problems = []
    for n, name in enumerate(names):
        if not name or name in STANDARDS:
            continue
        if same(name) not in by_key:
            problems.append(
                Problem(
                    table[0][n],
                    N_("Tidak ada kompetensi berkode %(code)s yang berlaku pada hari itu."),
                    {"code": table[0][n]},
                    row=1,
                )
            )
            continue
        columns[n] = by_key[same(name)]
    lines: list[Line] = []
    seen: dict[Any, int] = {}
    types = {same(one): one for one in post_types}
    for number, row in enumerate(table[1:], 2):
        if not any(row):
            continue
        cells = {name: clean_text(text) for name, text in zip(names, row, strict=False)}
        found = list(_line_problems(cells, types, units))
        levels: dict[str, Any] = {}
        for n, code in columns.items():
            text = clean_text(row[n]) if n < len(row) else ""
            if text:
                is_level = text.isascii() and text.isdigit() and len(text) == 1
                levels[code] = int(text) if is_level else text
        found += check_levels(levels, known)
        if not found and not levels:
            found.append(Problem("level", N_("Isi paling sedikit satu level.")))
        if found:
            problems += [replace(problem, row=number) for problem in found]
            continue
        unit = cells.get("unit", "")
        asked = Asked(
            types[same(cells["jenis_jabatan"])],
            levels,
            cells.get("jabatan", ""),
            units[same(unit)] if unit else None,
        )
        if asked.key in seen:
            problems.append(
                Problem(
                    "jabatan",
                    N_("Jabatan yang sama sudah ada di baris %(other)s."),
                    {"other": seen[asked.key]},
                    row=number,
                )
            )
            continue
        seen[asked.key] = number
        lines.append(Line(number, asked))
    if not lines and not problems:
        problems.append(
            Problem("jenis_jabatan", N_("Tabel ini tidak memuat satu standar pun."), row=1)
        )
    return lines, problems


def _line_problems(
    cells: Mapping[str, str], types: Mapping[str, str], units: Mapping[str, UUID]
) -> Iterator[Problem]:
    kind, title, unit = (cells.get(name, "") for name in STANDARDS)
    if same(kind) not in types:
        yield Problem(
            "jenis_jabatan", N_("Jenis jabatan %(code)s tidak dikenal."), {"code": kind or "–"}
        )
    if len(title) > 200 or len(title_key(title)) > 200:
        yield Problem("jabatan", N_("Nama jabatan paling panjang 200 huruf."))
    if unit and same(unit) not in units:
        yield Problem("unit", N_("Tidak ada unit berkode %(code)s."), {"code": unit})
    elif unit and not title:
        yield Problem(
            "jabatan",
            N_("Tulis nama jabatannya: standar satu unit berlaku untuk satu jabatan di sana."),
        )


# ---------------------------------------------------------------------------------- parts


def column_name(problem: Problem) -> str:
    """The column of a file that a problem is about."""
    return COLUMN_OF.get(problem.field, problem.field)


def name_of(text: str) -> str:
    """A heading as columns are compared."""
    return clean_text(text).casefold().replace(" ", "_")


def check_heading(
    table: Table, columns: Sequence[str], *, required: Sequence[str], others: bool
) -> list[Problem]:
    """What is wrong with the first row: missing, doubled and, but for `others`, unknown columns."""
    if not table:
        return [Problem("", N_("Tabel ini kosong."), row=1)]
    names = [name_of(text) for text in table[0]]
    found = []
    for name in required:
        if name not in names:
            found.append(Problem(name, N_("Kolom %(column)s tidak ada."), {"column": name}, row=1))
    for n, name in enumerate(names):
        if name and name in names[:n]:
            found.append(
                Problem(name, N_("Kolom %(column)s ada dua kali."), {"column": name}, row=1)
            )
        elif name and name not in columns and not others:
            found.append(
                Problem(name, N_("Kolom %(column)s tidak dikenal."), {"column": table[0][n]}, row=1)
            )
    return found
