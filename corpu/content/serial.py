"""Courses and their parts as JSON values, and back. Decimals are strings.

A quiz or a dictionary of checks holds the keys: server side only. A list of segments never does:
it names a check by its id and nothing more.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from corpu.content.model import (
    Check,
    CheckRef,
    Choice,
    Course,
    Criterion,
    Diagnostic,
    Html,
    MediaFile,
    Module,
    Page,
    Question,
    Quiz,
    Segment,
    plain,
)

Json = dict[str, Any]


def segments_to_list(segments: tuple[Segment, ...]) -> list[Json]:
    """What a page shows, in order: {"html": …} or {"check": id}."""
    return [
        {"html": part.html} if isinstance(part, Html) else {"check": part.id} for part in segments
    ]


def segments_from_list(
    parts: list[Json], checks: Mapping[str, Check] | None = None
) -> tuple[Segment, ...]:
    """Read segments back; without `checks` each check is only a `CheckRef`."""
    known = checks or {}
    return tuple(
        Html(part["html"]) if "html" in part else known.get(part["check"], CheckRef(part["check"]))
        for part in parts
    )


def _check_to_dict(check: Check) -> Json:
    return plain(asdict(check))


def _check_from_dict(data: Json) -> Check:
    return Check(**{**data, "options": tuple(Choice(**option) for option in data["options"])})


def checks_to_dict(page: Page) -> dict[str, Json]:
    """The checks of a page with keys and feedback, by id."""
    return {check.id: _check_to_dict(check) for check in page.checks}


def checks_from_dict(data: Mapping[str, Json]) -> dict[str, Check]:
    return {check_id: _check_from_dict(check) for check_id, check in data.items()}


def question_to_dict(question: Question) -> Json:
    return plain(asdict(question))


def question_from_dict(data: Json) -> Question:
    return Question(
        **{
            **data,
            "points": Decimal(data["points"]),
            "options": tuple(Choice(**option) for option in data["options"]),
            "keys": tuple(dict(key) for key in data["keys"]),
            "items": tuple(data["items"]),
            "pairs": tuple((left, right) for left, right in data["pairs"]),
            "choices": tuple(data["choices"]),
            "rubric": tuple(
                Criterion(
                    title_html=row["title_html"],
                    columns=tuple((Decimal(points), html) for points, html in row["columns"]),
                )
                for row in data["rubric"]
            ),
        }
    )


def quiz_to_dict(quiz: Quiz) -> Json:
    """The whole quiz with its keys; never send this to a browser."""
    shallow = {field.name: getattr(quiz, field.name) for field in fields(quiz)}
    return plain(
        {
            **shallow,
            "intro": segments_to_list(quiz.intro),
            "questions": [question_to_dict(question) for question in quiz.questions],
        }
    )


def quiz_from_dict(data: Json) -> Quiz:
    return Quiz(
        **{
            **data,
            "pass_mark": Decimal(data["pass_mark"]),
            "intro": tuple(Html(part["html"]) for part in data["intro"]),
            "questions": tuple(question_from_dict(question) for question in data["questions"]),
        }
    )


def page_to_dict(page: Page) -> Json:
    shallow = {field.name: getattr(page, field.name) for field in fields(page)}
    return {
        **shallow,
        "segments": segments_to_list(page.segments),
        "checks": checks_to_dict(page),
        "quiz": quiz_to_dict(page.quiz) if page.quiz else None,
    }


def page_from_dict(data: Json) -> Page:
    values = dict(data)
    checks = checks_from_dict(values.pop("checks"))
    return Page(
        **{
            **values,
            "segments": segments_from_list(data["segments"], checks),
            "quiz": quiz_from_dict(data["quiz"]) if data["quiz"] else None,
        }
    )


def to_dict(course: Course) -> Json:
    """The whole course, keys included; media without their bytes."""
    shallow = {field.name: getattr(course, field.name) for field in fields(course)}
    media = {
        path: {f.name: getattr(file, f.name) for f in fields(file) if f.name != "data"}
        for path, file in course.media.items()
    }
    modules = [
        {
            "slug": module.slug,
            "title": module.title,
            "summary": module.summary,
            "pages": [page_to_dict(page) for page in module.pages],
        }
        for module in course.modules
    ]
    diagnostic = course.diagnostic and {
        "page": page_to_dict(course.diagnostic.page),
        "proven": course.diagnostic.proven,
        "hours": course.diagnostic.hours,
    }
    return plain(
        {
            **shallow,
            "intro": segments_to_list(course.intro),
            "modules": modules,
            "media": media,
            "diagnostic": diagnostic,
        }
    )


def course_from_dict(data: Json, blobs: Mapping[str, bytes] | None = None) -> Course:
    """Read a course back; `blobs` gives the bytes of media by their SHA-256."""
    known = blobs or {}
    tuples = ("goals", "targets", "programmes", "audience", "prerequisites", "authors")
    return Course(
        **{
            **data,
            **{name: tuple(data[name]) for name in tuples},
            "jp": Decimal(data["jp"]),
            "competencies": tuple((code, level) for code, level in data["competencies"]),
            "completion_pages": tuple(data["completion_pages"]),
            "completion_pass": {
                quiz: Decimal(mark) for quiz, mark in data["completion_pass"].items()
            },
            "intro": tuple(Html(part["html"]) for part in data["intro"]),
            "modules": tuple(
                Module(
                    slug=module["slug"],
                    title=module["title"],
                    summary=module["summary"],
                    pages=tuple(page_from_dict(page) for page in module["pages"]),
                )
                for module in data["modules"]
            ),
            "media": {
                path: MediaFile(**file, data=known.get(file["sha256"], b""))
                for path, file in data["media"].items()
            },
            "diagnostic": data.get("diagnostic")
            and Diagnostic(
                **{
                    **data["diagnostic"],
                    "page": page_from_dict(data["diagnostic"]["page"]),
                }
            ),
        }
    )
