"""`flask content …`: courses as text, for people at a keyboard and for machines."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import click
from flask import has_app_context

from corpu.content.courses import check_courses
from corpu.content.ids import write_ids
from corpu.content.limits import Limits
from corpu.content.problems import Problem
from corpu.content.source import course_folders, read_course
from corpu.content.vocabulary import Codes, Vocabulary
from corpu.errors import N_

DEFAULT = Path("content/courses")

content_group = click.Group("content", help="Courses as text: check, ids, publish, export.")


def translator() -> Callable[[str], str]:
    """The words of the interface where an application is running, else Indonesian."""
    if not has_app_context():
        return lambda text: text
    from flask_babel import gettext  # noqa: PLC0415 - the check also runs without Flask-Babel

    # gettext() would fill %(name)s itself when given variables; without any it must not
    return lambda text: str(gettext(text))


# Set by the room that has a database: the codes of the agencies' own dictionaries, None where
# there is no database to ask.
agency_codes: Callable[[], Iterable[str] | None] | None = None


def known_codes() -> tuple[Vocabulary, bool]:
    """The codes that courses may name, and whether the agencies' own are among them."""
    from corpu.vocabulary import vocabulary  # noqa: PLC0415 - only the commands need it

    known = vocabulary()
    own = agency_codes() if agency_codes is not None and has_app_context() else None
    if own is None:
        return known, False
    return replace(known, competencies=Codes.of([*known.competencies, *own])), True


def neighbours(folders: list[Path]) -> set[str]:
    """Slugs of the courses that lie beside the ones under check: prerequisites may name them."""
    return {
        beside.parent.name
        for parent in {folder.absolute().parent for folder in folders}
        for beside in parent.glob("*/course.md")
    }


@content_group.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check(paths: tuple[Path, ...], form: str) -> None:
    """Report every problem of the courses at PATHS (content/courses when none is named).

    One problem a line: path:line: severity code: what to write instead. Ends with 1 where there
    is an error. Needs neither database nor secret; where a database is set up, the competencies
    of its agencies' own dictionaries are known too.
    """
    gettext = translator()
    folders = course_folders(paths or (DEFAULT,))
    missing = [path for path in paths or (DEFAULT,) if not path.exists()]
    for path in missing:
        click.echo(gettext(N_("%(path)s tidak ada.")) % {"path": path}, err=True)
    if missing:
        sys.exit(1)
    limits = Limits()
    sources = [read_course(folder, limits) for folder in folders]
    known, with_own = known_codes()
    compiled = check_courses(sources, known.with_courses(neighbours(folders)), limits=limits)
    found = [
        (folder, problem)
        for folder, done in zip(folders, compiled, strict=True)
        for problem in done.problems
    ]
    if form == "json":
        shown = [
            {**problem.to_dict(gettext), "path": str(folder / problem.path)}
            for folder, problem in found
        ]
        click.echo(json.dumps({"problems": shown}, ensure_ascii=False, indent=1))
    else:
        for folder, problem in found:
            click.echo(sentence(folder, problem, gettext))
        click.echo(_summary(len(folders), [problem for _, problem in found], gettext), err=True)
    if not with_own:
        click.echo(
            gettext(
                N_(
                    "Tanpa basis data yang siap: hanya kompetensi bawaan yang dikenal, bukan kamus "
                    "instansi."
                )
            ),
            err=True,
        )
    if any(problem.severity == "error" for _, problem in found):
        sys.exit(1)


def sentence(folder: Path, problem: Problem, gettext: Callable[[str], str]) -> str:
    """One problem as one line, with the path as it was given."""
    place = f"{folder / problem.path}:{problem.line}"
    return f"{place}: {problem.severity} {problem.code}: {problem.text(gettext)}"


def _summary(courses: int, problems: list[Problem], gettext: Callable[[str], str]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    text = gettext(
        N_("%(courses)s kursus diperiksa: %(errors)s kesalahan, %(warnings)s peringatan.")
    )
    return text % {"courses": courses, "errors": errors, "warnings": len(problems) - errors}


@content_group.command("ids")
@click.argument("course", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--write", is_flag=True, help="Write the ids into the files.")
def ids(course: Path, write: bool) -> None:
    """Show the files of COURSE in which ids are not written yet; --write puts them in.

    No other byte changes. With ids written, order, titles, files and folders may change freely.
    """
    gettext = translator()
    limits = Limits()
    for path, data in sorted(write_ids(read_course(course, limits), limits).items()):
        if write:
            _replace(course / path, data)
        click.echo(str(course / path))
    if not write:
        click.echo(gettext(N_("Tambahkan --write untuk menuliskan id ke berkas ini.")), err=True)


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all: a page cut in half by a full disk would be lost work."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    beside.chmod(path.stat().st_mode & 0o777)
    beside.replace(path)
