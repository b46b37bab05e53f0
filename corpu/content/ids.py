"""Ids into the files of a course, and the guard against losing one between editions."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from corpu.content.limits import Limits
from corpu.content.lines import BOM, LIST_AT_END
from corpu.content.model import Course
from corpu.content.problems import Problem, Problems, problem
from corpu.content.scan import Named, Outline, named_things, scan_course
from corpu.content.source import CourseSource


def write_ids(source: CourseSource, limits: Limits | None = None) -> dict[str, bytes]:
    """The files that change when every id is written down, with their new bytes.

    Nothing but ids is added: BOM, line ends and every other byte stay. A file in which that
    cannot be done safely (its front matter is one line of braces) is left as it is.
    """
    limits = limits or Limits()
    outline = scan_course(source.slug, source.files, Problems(source.slug), limits)
    taken = {
        thing.id for page in outline.everything for thing in named_things(page) if thing.written
    }
    changed: dict[str, bytes] = {}
    for page in outline.everything:
        additions: dict[int, tuple[str, str]] = {}
        for thing in named_things(page):
            if thing.written:
                continue
            identifier = _free(thing.id, taken)
            taken.add(identifier)
            is_page = thing.kind in ("page", "quiz")  # a diagnostic has its id by its file
            line = page.text.front.last_line if is_page else thing.line
            additions[line] = ("page" if is_page else "part", identifier)
        if additions:
            data = _write(source.files[page.path], additions)
            if _says_the_same(source, page.path, data, limits):
                changed[page.path] = data
    return changed


def _free(wanted: str, taken: Collection[str]) -> str:
    number, candidate = 1, wanted
    while candidate in taken:
        number += 1
        candidate = f"{wanted[:95].rstrip('-')}-{number}"
    return candidate


def _write(data: bytes, additions: Mapping[int, tuple[str, str]]) -> bytes:
    bom = BOM if data.startswith(BOM) else b""
    pieces = re.split("(\r\n|\n|\r)", data.removeprefix(BOM).decode("utf-8"))
    for line, (kind, identifier) in additions.items():
        position = 2 * (line - 1)
        text = pieces[position]
        if kind == "page":
            pieces[position] = f"id: {identifier}{pieces[position - 1]}{text}"
        else:
            pieces[position] = _with_id(text, identifier)
    return bom + "".join(pieces).encode("utf-8")


def _with_id(text: str, identifier: str) -> str:
    """The heading or check line with `{#id}`, in its attribute list where it has one."""
    if match := LIST_AT_END.search(text):
        inside = match.start(1)
        space = "" if text[inside : inside + 1] in (" ", "}") else " "
        return f"{text[:inside]}#{identifier}{space}{text[inside:]}"
    bare = text.rstrip()
    return f"{bare} {{#{identifier}}}{text[len(bare) :]}"


def _says_the_same(source: CourseSource, path: str, data: bytes, limits: Limits) -> bool:
    """Whether the new file reads as before, with all its ids written."""

    def things(files: Mapping[str, bytes]) -> list[Named]:
        outline: Outline = scan_course(source.slug, files, Problems(source.slug), limits)
        return [thing for page in outline.everything for thing in named_things(page)]

    before = things({path: source.files[path]})
    after = things({path: data})
    return [(thing.kind, thing.title) for thing in before] == [
        (thing.kind, thing.title) for thing in after
    ] and all(thing.written for thing in after)


def ids_lost(
    previous: Mapping[str, str], course: Course, removed: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Problems that keep an edition from being published after one with the ids of `previous`.

    `previous` is `Course.ids()` of the edition before. An id that vanished while something new of
    its kind has no id written may well be that thing: only the author knows. `removed` names the
    ids that are meant to be gone.
    """
    found: list[Problem] = []
    now = course.ids()
    places = _places(course)
    for identifier, kind in previous.items():
        if identifier in now and now[identifier] != kind:
            thing = places[identifier]
            found.append(
                problem(
                    "id-moved",
                    thing.path,
                    thing.line,
                    id=identifier,
                    before=kind,
                    now=now[identifier],
                )
            )
    fresh = [thing for thing in places.values() if not thing.written and thing.id not in previous]
    for identifier, kind in previous.items():
        if identifier in now or identifier in removed:
            continue
        same_kind = [thing for thing in fresh if _kin(thing.kind) == _kin(kind)]
        if same_kind:
            near = max(same_kind, key=lambda thing: _likeness(thing.id, identifier))
            found.append(problem("id-lost", near.path, near.line, id=identifier, title=near.title))
    return tuple(replace(item, course=course.slug) for item in found)


def _kin(kind: str) -> str:
    return "page" if kind == "quiz" else kind


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _places(course: Course) -> dict[str, Named]:
    places: dict[str, Named] = {}
    for page in course.everything:
        things = [Named(page.id, page.type, page.path, 1, page.id_written, page.title)]
        things += [
            Named(check.id, "check", page.path, check.line, check.id_written, check.question_html)
            for check in page.checks
        ]
        if page.quiz:
            things += [
                Named(q.id, "question", page.path, q.line, q.id_written, q.title_text)
                for q in page.quiz.questions
            ]
        places.update({thing.id: thing for thing in things})
    return places
