"""What pages need to know of an edition, as one frozen value that never changes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from corpu.content import Course, Page, final_tests, segments_to_list


@dataclass(frozen=True)
class QuizRules:
    """A quiz without its questions: nothing here may not be seen."""

    pass_mark: Decimal  # the course's mark where it sets one
    attempts: int | None
    time_limit: int | None  # minutes
    questions: int  # how many an attempt asks
    points: Decimal
    review: str
    has_essay: bool


@dataclass(frozen=True)
class PageInfo:
    id: str
    type: str
    title: str
    minutes: int
    position: int  # 1 … n through the course
    module: int  # index of the module
    body_hash: str
    checks: tuple[str, ...]
    quiz: QuizRules | None


@dataclass(frozen=True)
class ModuleInfo:
    title: str
    summary: str  # HTML
    pages: tuple[PageInfo, ...]
    slug: str = ""  # of editions from before diagnostics: not known

    @property
    def minutes(self) -> int:
        return sum(page.minutes for page in self.pages)


@dataclass(frozen=True)
class DiagnosticInfo:
    """The test before the first module. `proven` and `hours` as in `content.Diagnostic`."""

    page: PageInfo
    proven: str
    hours: str


@dataclass(frozen=True)
class Outline:
    edition_id: UUID
    number: int
    published_at: datetime
    course_id: UUID
    slug: str
    title: str
    summary: str
    language: str
    kind: str
    jp: Decimal
    order: str  # free, or sequence
    certificate: str  # kind of document, or none
    licence: str
    goals: tuple[int, ...]
    targets: tuple[str, ...]
    competencies: tuple[tuple[str, int], ...]
    audience: tuple[str, ...]
    prerequisites: tuple[str, ...]
    intro: tuple[str, ...]  # HTML
    modules: tuple[ModuleInfo, ...]
    completion_pages: tuple[str, ...]
    completion_marks: dict[str, Decimal]
    diagnostic: DiagnosticInfo | None = None

    @cached_property
    def pages(self) -> tuple[PageInfo, ...]:
        return tuple(page for module in self.modules for page in module.pages)

    @cached_property
    def by_id(self) -> dict[str, PageInfo]:
        return {page.id: page for page in self.pages}

    def find(self, page_id: str) -> PageInfo | None:
        """A page, or the diagnostic, by its id."""
        if self.diagnostic is not None and page_id == self.diagnostic.page.id:
            return self.diagnostic.page
        return self.by_id.get(page_id)

    def test(self, page_id: str) -> PageInfo:
        """The quiz or diagnostic with this id, which an attempt at it proves to be there."""
        page = self.find(page_id)
        if page is None:
            raise KeyError(page_id)
        return page

    @property
    def tests(self) -> tuple[PageInfo, ...]:
        """Whatever is attempted: the quizzes in order, the diagnostic after them."""
        quizzes = tuple(page for page in self.pages if page.quiz is not None)
        return quizzes + ((self.diagnostic.page,) if self.diagnostic else ())

    @cached_property
    def final_tests(self) -> frozenset[str]:
        """The quizzes that nobody skips (`content.final_tests`)."""
        return final_tests(
            [page.id for page in self.pages if page.quiz is not None], self.completion_marks
        )

    @property
    def final_test(self) -> str | None:
        """The last of them, the post-test of the course; None where it has no quiz."""
        return next((page.id for page in self.pages[::-1] if page.id in self.final_tests), None)

    @property
    def minutes(self) -> int:
        return sum(page.minutes for page in self.pages)

    def after(self, page_id: str) -> PageInfo | None:
        position = self.by_id[page_id].position
        return self.pages[position] if position < len(self.pages) else None

    def before(self, page_id: str) -> PageInfo | None:
        position = self.by_id[page_id].position
        return self.pages[position - 2] if position > 1 else None


def outline_to_json(course: Course) -> dict[str, Any]:
    """The part of an edition that its columns do not hold."""
    modules = []
    for module in course.modules:
        pages = []
        for page in module.pages:
            pages.append(_page_to_json(course, page))
        modules.append(
            {
                "title": module.title,
                "summary": module.summary,
                "pages": pages,
                "slug": module.slug,
            }
        )
    diagnostic = course.diagnostic and {
        "page": _page_to_json(course, course.diagnostic.page),
        "proven": course.diagnostic.proven,
        "hours": course.diagnostic.hours,
    }
    return ({"diagnostic": diagnostic} if diagnostic else {}) | {
        "licence": course.licence,
        "goals": list(course.goals),
        "targets": list(course.targets),
        "programmes": list(course.programmes),
        "competencies": [list(pair) for pair in course.competencies],
        "audience": list(course.audience),
        "prerequisites": list(course.prerequisites),
        "intro": [part["html"] for part in segments_to_list(course.intro)],
        "modules": modules,
        "completion_pages": list(course.completion_pages),
        "completion_marks": {k: str(v) for k, v in course.completion_pass.items()},
        "ids": course.ids(),
    }


def _page_to_json(course: Course, page: Page) -> dict[str, Any]:
    quiz = page.quiz
    return {
        "id": page.id,
        "type": page.type,
        "title": page.title,
        "minutes": page.minutes,
        "body_hash": page.body_hash,
        "checks": [check.id for check in page.checks],
        "quiz": quiz
        and {
            "pass_mark": str(course.completion_pass.get(page.id, quiz.pass_mark)),
            "attempts": quiz.attempts,
            "time_limit": quiz.time_limit,
            "questions": quiz.draw or len(quiz.questions),
            "points": str(sum(question.points for question in quiz.questions)),
            "review": quiz.review,
            "has_essay": any(q.type == "essay" for q in quiz.questions),
        },
    }


def _page_from_json(page: dict[str, Any], position: int, module: int) -> PageInfo:
    quiz = page["quiz"]
    return PageInfo(
        id=page["id"],
        type=page["type"],
        title=page["title"],
        minutes=page["minutes"],
        position=position,
        module=module,
        body_hash=page["body_hash"],
        checks=tuple(page["checks"]),
        quiz=quiz
        and QuizRules(
            **quiz | {"pass_mark": Decimal(quiz["pass_mark"]), "points": Decimal(quiz["points"])}
        ),
    )


def outline_from_row(row: Any) -> Outline:
    """Build the outline from an edition's row joined with its course's slug."""
    data = row.outline
    modules, position = [], 0
    for index, module in enumerate(data["modules"]):
        pages = []
        for page in module["pages"]:
            position += 1
            pages.append(_page_from_json(page, position, index))
        modules.append(
            ModuleInfo(module["title"], module["summary"], tuple(pages), module.get("slug", ""))
        )
    diagnostic = data.get("diagnostic")
    return Outline(
        edition_id=row.id,
        number=row.number,
        published_at=row.published_at,
        course_id=row.course_id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        language=row.language,
        kind=row.kind,
        jp=row.jp,
        order=row.order,
        certificate=row.certificate,
        licence=data["licence"],
        goals=tuple(data["goals"]),
        targets=tuple(data["targets"]),
        competencies=tuple((code, level) for code, level in data["competencies"]),
        audience=tuple(data["audience"]),
        prerequisites=tuple(data["prerequisites"]),
        intro=tuple(data["intro"]),
        modules=tuple(modules),
        completion_pages=tuple(data["completion_pages"]),
        completion_marks={k: Decimal(v) for k, v in data["completion_marks"].items()},
        diagnostic=diagnostic
        and DiagnosticInfo(
            page=_page_from_json(diagnostic["page"], 0, 0),
            proven=diagnostic["proven"],
            hours=diagnostic["hours"],
        ),
    )
