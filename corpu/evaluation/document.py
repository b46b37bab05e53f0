"""The report of a course in words: the same sentences on the page, as PDF and as DOCX."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from flask_babel import get_locale, gettext

from corpu.credentials.letters import unprintable
from corpu.evaluation import rules, words
from corpu.evaluation.items import data
from corpu.evaluation.models import EvaluationIndicator
from corpu.evaluation.reports import Report, overall
from corpu.evaluation.rules import Quadrant
from corpu.i18n import day, number
from corpu.typesetting import typeset

TEMPLATE = Path(__file__).parent / "templates" / "evaluation" / "report.typ"


@dataclass(frozen=True)
class Section:
    """One level: what it says, a table where there are figures, lines below it."""

    title: str
    text: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    notes_title: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    language: str
    title: str
    course: str
    batch: str
    asof: str
    sections: list[Section]


def said_of(report: Report, at: datetime, timezone: str) -> Said:
    """The report in the reader's language."""
    locale = get_locale()
    batch = words.period(report.period_on)
    if report.edition is not None:
        batch = f"{batch}, {gettext('edisi %(number)s', number=report.edition)}"
    sections = [level_one(report), level_two(report), level_three(report), level_four(report)]
    return Said(
        language=locale.language if locale else "id",
        title=gettext("Laporan evaluasi kursus"),
        course=report.title,
        batch=batch,
        asof=gettext("Keadaan %(when)s.", when=day(at, timezone)),
        sections=[section for section in sections if section is not None],
    )


def level_one(report: Report) -> Section:
    answered = gettext(
        "%(completed)s orang menyelesaikan kursus, %(answered)s menjawab survei, %(shown)s jawaban "
        "ditampilkan. Jawaban terlihat dalam kelompok lima, supaya tidak ada yang dikenali.",
        completed=number(report.completed),
        answered=number(report.answered),
        shown=number(report.shown),
    )
    order = list(words.QUADRANTS)
    return Section(
        gettext("Level 1: reaksi peserta"),
        answered,
        [
            gettext("Butir"),
            gettext("Kepentingan"),
            gettext("Kenyataan"),
            gettext("Predikat"),
            gettext("Kuadran"),
        ],
        [
            [
                str(words.ITEMS[item.code]),
                number(item.importance, 2),
                number(item.reality, 2),
                str(words.BANDS[item.band]),
                str(words.QUADRANTS[item.quadrant][0]),
            ]
            for item in sorted(report.items, key=lambda item: order.index(item.quadrant))
        ],
        gettext("Catatan peserta"),
        list(report.remarks),
    )


def level_two(report: Report) -> Section | None:
    """What was learnt, from the diagnostic to the final test; None where the course has none."""
    if not report.asks_before:
        return None
    title, gain = gettext("Level 2: hasil belajar"), report.gain
    if gain is None:
        return Section(
            title,
            gettext(
                "Belum lima orang dari satu angkatan mengerjakan uji awal dan ujian akhir lalu "
                "menyelesaikan kursus: angkanya belum ditampilkan."
            ),
        )
    return Section(
        title,
        gettext(
            "%(people)s orang menyelesaikan kursus sesudah uji awal dan ujian akhir. Mereka "
            "terlihat dalam kelompok lima, supaya tidak ada yang dikenali. Skala 0 sampai 100; "
            "%(improved)s naik, %(same)s tetap, %(fell)s turun.",
            people=number(gain.people),
            improved=number(gain.improved),
            same=number(gain.same),
            fell=number(gain.fell),
        ),
        [gettext("Ukuran"), gettext("Nilai")],
        [
            [gettext("Rata-rata uji awal"), _figure(gain.pre)],
            [gettext("Rata-rata ujian akhir"), _figure(gain.post)],
            [gettext("Peningkatan"), _figure(gain.gain)],
            [
                gettext("Bagian yang dikuasai dari yang belum diketahui"),
                "–" if gain.normalised is None else f"{number(100 * gain.normalised, 1)} %",
            ],
        ],
    )


def level_three(report: Report) -> Section:
    text = gettext(
        "%(rounds)s putaran dengan %(invited)s orang diminta, %(shown)s jawaban ditampilkan. Skala "
        "0 sampai 100. Tiap pihak terlihat sejak lima jawaban.",
        rounds=number(report.rounds),
        invited=number(report.invited),
        shown=number(report.replied),
    )
    sides = [side for side in report.behaviour if side.count]
    bands = data()["behaviour"]["bands"]
    rows = [
        [str(words.ITEMS[code]), *(_figure(side.means[code]) for side in sides)]
        for codes in data()["behaviour"]["sections"].values()
        for code in codes
    ]
    means = [overall(side) for side in sides]
    rows.append([gettext("Rata-rata"), *map(_figure, means)])
    rows.append(
        [
            gettext("Predikat"),
            *(
                str(words.BANDS[rules.band(value, bands)]) if value is not None else "–"
                for value in means
            ),
        ]
    )
    return Section(
        gettext("Level 3: perubahan perilaku"),
        text,
        [
            gettext("Butir"),
            *(f"{words.ROLES[side.role]} ({number(side.count)})" for side in sides),
        ],
        rows if sides else [],
        gettext("Catatan tanpa nama"),
        list(report.behaviour_remarks),
    )


def level_four(report: Report) -> Section:
    return Section(
        gettext("Level 4: hasil bagi organisasi"),
        gettext("Angka organisasi sendiri sebelum dan sesudah, dicatat pengelola dengan sumbernya.")
        if report.indicators
        else gettext("Belum ada indikator organisasi yang dicatat untuk kursus ini."),
        [
            gettext("Indikator"),
            gettext("Sebelum"),
            gettext("Sesudah"),
            gettext("Perubahan"),
            gettext("Sumber dan alasan"),
        ],
        [_indicator(one) for one in report.indicators],
    )


def _indicator(one: EvaluationIndicator) -> list[str]:
    change = one.after - one.before
    return [
        one.name,
        f"{number(one.before)} {one.measure} ({day(one.before_on)})",
        f"{number(one.after)} {one.measure} ({day(one.after_on)})",
        ("+" if change > 0 else "") + number(change),
        f"{one.source}. {one.reason}",
    ]


def _figure(value: Decimal | None) -> str:
    return "–" if value is None else number(value, 2)


def improve_first(report: Report) -> list[str]:
    """The items that are important and not good, in words."""
    return [str(words.ITEMS[item.code]) for item in report.quadrant(Quadrant.IMPROVE)]


def as_pdf(said: Said, at: datetime) -> bytes:
    """Raises PdfRefused and PdfUnavailable. A remark with a letter that no font has must not
    keep the report from everybody: the letter is printed as a question mark."""
    content = json.dumps(asdict(said), ensure_ascii=False)
    for letter in unprintable(content):
        content = content.replace(letter, "?")
    return typeset(TEMPLATE, json.loads(content), timestamp=int(at.timestamp()))


def as_docx(said: Said, at: datetime) -> bytes:
    """The same to go on writing in."""
    from docx import Document  # noqa: PLC0415 - 20 MB that only this file needs

    document = Document()
    document.core_properties.title = f"{said.title}: {said.course}"
    document.core_properties.author = "CorpU"
    document.core_properties.created = document.core_properties.modified = at.replace(tzinfo=None)
    document.core_properties.language = said.language
    document.add_heading(said.title, 0)
    document.add_paragraph(said.course)
    document.add_paragraph(f"{said.batch}. {said.asof}")
    for section in said.sections:
        document.add_heading(section.title, 1)
        document.add_paragraph(section.text)
        if section.rows:
            table = document.add_table(rows=1, cols=len(section.columns), style="Table Grid")
            for cell, title in zip(table.rows[0].cells, section.columns, strict=True):
                cell.paragraphs[0].add_run(title).bold = True
            for row in section.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        if section.notes:
            document.add_heading(section.notes_title, 2)
            for note in section.notes:
                document.add_paragraph(note, style="List Bullet")
    out = BytesIO()
    document.save(out)
    return out.getvalue()
