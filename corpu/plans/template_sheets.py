"""The one layout in which templates come in and go out, as docs/kamus.md says: a row for each
activity, as lines of the form are; rows of the same posts make one template.

Reading finds every problem, by row and column, before anything is kept. What follows from the
conversion table (JP, and the share of 10-20-70) goes out with each row; where it comes in, it
must be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from corpu.codes import same
from corpu.errors import N_
from corpu.numbers import parse_number
from corpu.plans.rules import Kind
from corpu.plans.template_queries import Template, Valued
from corpu.plans.template_rules import Grounds, Line, read_lines
from corpu.plans.template_service import Asked, Measure
from corpu.standards.checks import LONGEST_TITLE, Problem
from corpu.standards.rules import title_key
from corpu.standards.sheets import check_heading, name_of
from corpu.texts import clean_text
from corpu.workbooks import Table

POSTS = ("jenis_jabatan", "jabatan", "unit")
COLUMNS = (*POSTS, "kompetensi", "bentuk", "kegiatan", "kursus", "banyaknya", "jp", "bagian")
COLUMN_OF = {
    "competency": "kompetensi",
    "kind": "bentuk",
    "title": "kegiatan",
    "course": "kursus",
    "amount": "banyaknya",
}
KINDS = {
    Kind.COURSE: "kursus",
    Kind.COACHING: "coaching",
    Kind.MENTORING: "mentoring",
    Kind.SECONDMENT: "detasering",
    Kind.READING: "belajar mandiri",
    Kind.PROJECT: "proyek",
}
KIND_OF = {same(word): kind for kind, word in KINDS.items()}


def template_rows(
    template: Template, values: Sequence[tuple[Valued, ...]], unit_code: str
) -> Iterator[list[Any]]:
    """The rows of a template under `COLUMNS`."""
    posts = [template.post_type, template.title, unit_code]
    for aim, items in zip(template.aims, values, strict=True):
        if not items:
            yield [*posts, aim.code, *[""] * 6]
        for one in items:
            said = one.suggestion
            amount = said.quantity if said.kind not in (Kind.COURSE, Kind.PROJECT) else ""
            jp = "" if one.jp is None else _written(one.jp)
            yield [*posts, aim.code, KINDS[said.kind], said.title, said.slug, amount, jp, one.mix]


def _written(number: Decimal) -> int | str:
    if number == number.to_integral_value():
        return int(number)
    return format(number.normalize(), "f").replace(".", ",")


def column_name(problem: Problem) -> str:
    """The column of a file that a problem is about."""
    return COLUMN_OF.get(problem.field, problem.field)


@dataclass(frozen=True)
class Row:
    """A row of a table as it reads, with where it stands."""

    number: int
    cells: Mapping[str, str]

    def said(self, name: str) -> str:
        """A cell, "" where the row or the table has none."""
        return self.cells.get(name, "")


def read_template_table(
    table: Table,
    post_types: Sequence[str],
    units: Mapping[str, UUID],
    measure: Measure,
) -> tuple[list[Asked], list[Problem]]:
    """The templates of a table and everything that is wrong with it. `units` by `same` of its
    code; `measure` says what the lines for some posts are measured by."""
    if problems := check_heading(
        table, COLUMNS, required=("jenis_jabatan", "kompetensi"), others=False
    ):
        return [], problems
    names = [name_of(text) for text in table[0]]
    types = {same(one): one for one in post_types}
    groups: dict[tuple[str, str, UUID | None], list[Row]] = {}
    for number, cells in enumerate(table[1:], 2):
        if not any(cells):
            continue
        row = Row(number, dict(zip(names, map(clean_text, cells), strict=False)))
        found = list(_post_problems(row, types, units))
        if found:
            problems += found
            continue
        unit = row.said("unit")
        key = (
            types[same(row.said("jenis_jabatan"))],
            title_key(row.said("jabatan")),
            units[same(unit)] if unit else None,
        )
        groups.setdefault(key, []).append(row)
    asked = []
    for (post_type, _key, unit_id), rows in groups.items():
        title = rows[0].said("jabatan")
        one, found = _template(rows, post_type, title, unit_id, measure(post_type, title, unit_id))
        problems += found
        asked.append(one)
    if not asked and not problems:
        problems.append(
            Problem("jenis_jabatan", N_("Tabel ini tidak memuat satu templat pun."), row=1)
        )
    return asked, sorted(problems, key=lambda one: one.row or 0)


def _post_problems(
    row: Row, types: Mapping[str, str], units: Mapping[str, UUID]
) -> Iterator[Problem]:
    kind, title, unit = map(row.said, POSTS)
    if same(kind) not in types:
        yield Problem(
            "jenis_jabatan",
            N_("Jenis jabatan %(code)s tidak dikenal."),
            {"code": kind or "–"},
            row=row.number,
        )
    if len(title) > LONGEST_TITLE or len(title_key(title)) > LONGEST_TITLE:
        yield Problem("jabatan", N_("Nama jabatan paling panjang 200 huruf."), row=row.number)
    if unit and same(unit) not in units:
        yield Problem(
            "unit", N_("Tidak ada unit berkode %(code)s."), {"code": unit}, row=row.number
        )
    elif unit and not title:
        yield Problem(
            "jabatan",
            N_("Tulis nama jabatannya: templat satu unit berlaku untuk satu jabatan di sana."),
            row=row.number,
        )


def _template(
    rows: Sequence[Row], post_type: str, title: str, unit_id: UUID | None, grounds: Grounds
) -> tuple[Asked, list[Problem]]:
    codes = {same(code): code for code in grounds.known}
    problems: list[Problem] = []
    lines = []
    for row in rows:
        line, found = _line(row, codes, grounds)
        problems += found
        lines.append(line)
    wrong = {one.row for one in problems}
    _aims, found = read_lines([line for line in lines if line.number not in wrong], grounds)
    projects = {line.number for line in lines if line.kind == Kind.PROJECT}
    problems += [
        replace(
            one,
            field="jp" if one.field == "amount" and one.level in projects else one.field,
            level=None,
            row=one.level or rows[0].number,
        )
        for one in found
        if one.level or not wrong  # what is left of a template may be none
    ]
    return Asked(post_type, tuple(lines), title, unit_id), problems


def _line(row: Row, codes: Mapping[str, str], grounds: Grounds) -> tuple[Line, list[Problem]]:
    problems = []
    numbers: dict[str, Decimal | None] = {}
    for name in ("banyaknya", "jp", "bagian"):
        found = parse_number(row.said(name)) if row.said(name) else None
        if row.said(name) and not isinstance(found, Decimal):  # nor one that may be two
            problems.append(Problem(name, N_("Tulis angka, misalnya 12,5"), row=row.number))
        numbers[name] = found if isinstance(found, Decimal) else None
    word = row.said("bentuk")
    kind = KIND_OF.get(same(word.replace("_", " ")))
    if word and kind is None:
        problems.append(
            Problem(
                "kind",
                N_("Tulis salah satu dari: %(values)s"),
                {"values": ", ".join(KINDS.values())},
                row=row.number,
            )
        )
    amount = numbers["jp"] if kind is Kind.PROJECT else numbers["banyaknya"]
    code = row.said("kompetensi")
    line = Line(
        codes.get(same(code), code),
        kind.value if kind else "",
        row.said("kegiatan") if kind is not Kind.COURSE else "",
        row.said("kursus"),
        amount,
        row.number,
    )
    if kind is not None and not problems:
        problems += _follows(line, kind, numbers, grounds)
    return line, problems


def _follows(
    line: Line, kind: Kind, numbers: Mapping[str, Decimal | None], grounds: Grounds
) -> Iterator[Problem]:
    """What a row says of JP and share must be what the conversion table makes of it."""
    form = grounds.forms[kind]
    jp: Decimal | None = grounds.courses.get(line.slug) if kind is Kind.COURSE else line.amount
    if form.jp is not None:
        jp = form.jp * (1 if line.amount is None else line.amount)
    if numbers["jp"] is not None and jp is not None and numbers["jp"] != jp:
        yield Problem(
            "jp",
            N_("Menurut tabel konversi %(jp)s JP. Betulkan, atau kosongkan selnya."),
            {"jp": _written(jp)},
            row=line.number,
        )
    if numbers["bagian"] not in (None, Decimal(form.mix)):
        yield Problem(
            "bagian",
            N_("Bentuk ini bagian %(mix)s. Betulkan, atau kosongkan selnya."),
            {"mix": form.mix},
            row=line.number,
        )
