"""Codes of LAN per course and year: typed with their source, or taken from a table."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired

from corpu.codes import same
from corpu.credentials.registrations import (
    LONGEST_CODE,
    LONGEST_SOURCE,
    BadRegistration,
    Entry,
    Listed,
    checked,
    courses_within,
    record,
    registrations_of,
)
from corpu.errors import N_
from corpu.extensions import db
from corpu.forms import Form, day_of
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.document_scope import DocumentDesk, document_desk
from corpu.manage.forms import choices, day_field, one_line
from corpu.manage.scope import reach_of
from corpu.manage.standard_forms import ImportForm
from corpu.manage.table_files import packed, sent_table, table_file, unpacked
from corpu.permissions import Permission
from corpu.standards.checks import Problem
from corpu.standards.sheets import MOST_PROBLEMS, check_heading, name_of
from corpu.texts import clean_text
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, BadTable, Table

COLUMNS = ("kursus", "tahun", "kode", "sumber", "tanggal")
COLUMN_OF = {"year": "tahun", "code": "kode", "source": "sumber", "sourced_on": "tanggal"}


class RegistrationForm(Form):
    """One code, with who says so."""

    course = SelectField(_l("Kursus"), validators=[DataRequired(_l("Pilih kursusnya."))])
    year = IntegerField(
        _l("Tahun"),
        validators=[InputRequired(_l("Tulis tahun empat angka, misalnya 2026."))],
        render_kw={"inputmode": "numeric"},
    )
    code = one_line(
        _l("Kode registrasi"), LONGEST_CODE, required=_l("Tulis kodenya persis seperti dari LAN.")
    )
    source = one_line(
        _l("Sumber"),
        LONGEST_SOURCE,
        required=_l("Tulis surat atau sistem yang menyebutnya."),
        description=_l("Misalnya nomor surat LAN, atau SIPKA."),
    )
    sourced_on = day_field(_l("Tanggal sumber"), _l("Tulis tanggal sumbernya."))


def _start() -> tuple[DocumentDesk, frozenset[UUID] | None, list[Any]]:
    here = document_desk()
    units = reach_of(here.session, the_viewer(), Permission.MANAGE_ISSUERS).units
    return here, units, courses_within(here.session, here.agency_id, units)


@bp.route("/manage/certificates/registrations", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def registrations() -> Any:
    here, units, courses = _start()
    form = RegistrationForm(data={"year": here.today.year})
    form.course.choices = choices(
        [("", _("Pilih kursus")), *((str(one.id), one.title) for one in courses)]
    )
    act = Act(form)
    if act.is_asked():
        entry = Entry(
            UUID(form.course.data),
            form.year.data or 0,
            form.code.data or "",
            form.source.data or "",
            form.sourced_on.data or here.today,
        )
        with act, unit_of_work(db.session()) as session:
            _record(session, here, units, [entry])
        if act.is_done:
            flash(_("Kode tersimpan. Sertifikat yang menunggu dicoba lagi."), "ok")
            return redirect(url_for(".registrations"), code=303)
    found = registrations_of(db.session(), courses)
    page = render_template("manage/registrations.html", form=form, found=found)
    return page, act.status


def _record(session: Any, here: DocumentDesk, units: Any, entries: list[Entry]) -> int:
    return record(
        session,
        entries,
        agency_id=here.agency_id,
        units=units,
        today=here.today,
        by=the_viewer(),
        at=here.now,
    )


@bp.get("/manage/certificates/registrations/export.<ending>")
@requires(Permission.MANAGE_ISSUERS)
def export_registrations(ending: str) -> Response:
    """What is recorded, in the layout in which it comes in."""
    here, _units, courses = _start()
    rows = [
        (one.slug, one.entry.year, one.entry.code, one.entry.source, str(one.entry.sourced_on))
        for one in registrations_of(here.session, courses)
    ]
    return table_file(ending, "kode-registrasi-lan", COLUMNS, rows)


@bp.route("/manage/certificates/registrations/import", methods=["GET", "POST"])
@takes_files(LARGEST)
@requires(Permission.MANAGE_ISSUERS)
def import_registrations() -> Any:
    here, units, courses = _start()
    form = ImportForm()
    act = Act(form)
    problems: list[Problem] = []
    planned: list[Entry] | None = None
    if act.is_asked():
        try:
            is_confirmed = bool(form.payload.data)
            table = unpacked(form.payload.data or "") if is_confirmed else sent_table()
        except BadTable as error:
            act.refuse(error)
        else:
            read, problems = read_registrations(
                table, {same(one.slug): one.id for one in courses}, here.today
            )
            known = {one.entry for one in registrations_of(here.session, courses)}
            planned = [one for one in read if one not in known]
            if problems:
                act.status, planned = 422, None
            elif is_confirmed and planned:
                with act, unit_of_work(db.session()) as session:
                    _record(session, here, units, planned)
                if act.is_done:
                    flash(
                        ngettext(
                            "%(num)s kode tersimpan.", "%(num)s kode tersimpan.", len(planned)
                        ),
                        "ok",
                    )
                    return redirect(url_for(".registrations"), code=303)
            else:
                form.payload.data = packed(table)
    if not planned:
        form.payload.data = ""
    page = render_template(
        "manage/registration_import.html",
        form=form,
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        planned=None if planned is None else _listed(planned, courses),
        columns=COLUMNS,
        column_name=lambda problem: COLUMN_OF.get(problem.field, problem.field),
    )
    return page, act.status


def _listed(entries: list[Entry], courses: list[Any]) -> list[Listed]:
    by_id = {one.id: one for one in courses}
    return [
        Listed(
            one,
            by_id[one.course_id].slug,
            by_id[one.course_id].title,
            by_id[one.course_id].language,
        )
        for one in entries
    ]


def read_registrations(
    table: Table, courses: dict[str, UUID], today: date
) -> tuple[list[Entry], list[Problem]]:
    """The codes of a table and everything that is wrong with it. `courses` by `same` of slug."""
    if problems := check_heading(table, COLUMNS, required=COLUMNS, others=False):
        return [], problems
    names = [name_of(text) for text in table[0]]
    found: dict[tuple[UUID, int], Entry] = {}
    for number, cells in enumerate(table[1:], 2):
        if not any(cells):
            continue
        said = dict.fromkeys(COLUMNS, "") | dict(zip(names, map(clean_text, cells), strict=False))
        course_id, day = courses.get(same(said["kursus"])), day_of(said["tanggal"])
        wrong = []
        if course_id is None:
            wrong.append(
                Problem(
                    "kursus",
                    N_("Tidak ada kursus dengan alamat %(slug)s di jangkauan Anda."),
                    {"slug": said["kursus"] or "–"},
                    row=number,
                )
            )
        if day is None:
            wrong.append(
                Problem("tanggal", N_("Tulis tanggal yang ada, misalnya 31-12-2026"), row=number)
            )
        if course_id is not None and day is not None:
            is_year = said["tahun"].isascii() and said["tahun"].isdigit()
            year = int(said["tahun"]) if is_year and len(said["tahun"]) == 4 else 0
            try:
                entry = checked(
                    Entry(course_id, year, said["kode"], said["sumber"], day), today=today
                )
            except BadRegistration as error:
                wrong.append(Problem(error.field, error.message, error.params, row=number))
            else:
                if (course_id, year) in found:
                    wrong.append(
                        Problem("kode", N_("Kursus dan tahun ini sudah ada di atas."), row=number)
                    )
                found[course_id, year] = entry
        problems += wrong
    if not found and not problems:
        problems.append(Problem("kursus", N_("Tabel ini tidak memuat satu kode pun."), row=1))
    return list(found.values()), problems
