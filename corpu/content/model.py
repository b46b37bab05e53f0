"""What a course is once it has been checked. Everything here is frozen and serialisable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from corpu.content.problems import Problem


@dataclass(frozen=True)
class Html:
    """A piece of page that every learner sees alike: no language, host, person or token in it.

    `"media:` and `"page:` open the addresses that a view replaces by the real ones.
    """

    html: str


@dataclass(frozen=True)
class Choice:
    """One option of a question; `correct` and `feedback_html` stay on the server until due."""

    html: str
    correct: bool
    feedback_html: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """An ungraded question inside a page, answered with instant feedback."""

    id: str
    question_html: str
    options: tuple[Choice, ...]
    multiple: bool
    explanation_html: str = ""
    id_written: bool = False
    line: int = 0


@dataclass(frozen=True)
class CheckRef:
    """The place of a check in a page that was read back without its checks."""

    id: str


Segment = Html | Check | CheckRef


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A row of a rubric: what is looked at, and the points one may choose with their meaning."""

    title_html: str
    columns: tuple[tuple[Decimal, str], ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of a quiz with its keys. Which of the last fields are filled follows `type`.

    single, multiple, truefalse: `options`. short: `keys` of {"text"} or {"regex"}; number: `keys`
    of {"low", "high"}, both inclusive, decimals as strings. order: `items` in the right order.
    match: `pairs` of (left HTML, index of its right side in `choices`); a choice that no pair
    names is a distractor. essay: `rubric`; `explanation_html` then is the model answer.
    """

    id: str
    type: str
    title_html: str
    title_text: str
    body_html: str = ""
    points: Decimal = Decimal(1)
    competency: str | None = None
    level: int | None = None
    options: tuple[Choice, ...] = ()
    keys: tuple[Mapping[str, str], ...] = ()
    items: tuple[str, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    choices: tuple[str, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    explanation_html: str = ""
    module: str | None = None
    """Of a diagnostic: the slug of the module that a right answer speaks for."""
    id_written: bool = False
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Quiz:
    """Rules and questions of a quiz. `time_limit` in minutes; None means no limit, draw all."""

    pass_mark: Decimal = Decimal(75)
    attempts: int | None = None
    time_limit: int | None = None
    draw: int | None = None
    shuffle_questions: bool = False
    shuffle_options: bool = False
    review: str = "after-pass"
    intro: tuple[Html, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a module; `type` is "page" or "quiz", `position` counts through the course from 1.
    A diagnostic stands outside of every module, at position 0, with the type "diagnostic".

    `body_hash` changes when what the learner reads or answers changes, not when an id is written.
    """

    id: str
    id_written: bool
    type: str
    title: str
    minutes: int
    position: int
    module: str
    path: str
    body_hash: str
    segments: tuple[Segment, ...] = ()
    quiz: Quiz | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(part for part in self.segments if isinstance(part, Check))


@dataclass(frozen=True, kw_only=True)
class Module:
    slug: str
    title: str
    summary: str
    """HTML, empty where the module says nothing about itself."""
    pages: tuple[Page, ...]


DIAGNOSTIC = "uji_awal"
"""The id of a course's diagnostic. No author can give it to a page: an id has no underscore."""


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A test before the first module, and what follows for modules that it proves.

    `proven`: "done" (their pages count as done) or "mark" (they are only marked). `hours`: "full"
    or "without-proven" (the JP of pages that were proven and not gone through are left out).
    """

    page: Page
    proven: str = "done"
    hours: str = "full"


@dataclass(frozen=True, kw_only=True)
class MediaFile:
    """A file that pages show or offer; `sha256` is that of `data`, which has been cleaned."""

    sha256: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    data: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Course:
    slug: str
    title: str
    summary: str
    language: str
    kind: str
    jp: Decimal
    goals: tuple[int, ...]
    targets: tuple[str, ...]
    programmes: tuple[str, ...]
    competencies: tuple[tuple[str, int], ...]
    audience: tuple[str, ...]
    prerequisites: tuple[str, ...]
    authors: tuple[str, ...]
    """Employee numbers (NIP): they never leave in a page, API, package or export."""
    licence: str
    completion_pages: tuple[str, ...]
    completion_pass: Mapping[str, Decimal]
    order: str
    certificate: str
    intro: tuple[Html, ...]
    modules: tuple[Module, ...]
    source_hash: str
    media: Mapping[str, MediaFile]
    diagnostic: Diagnostic | None = None

    @property
    def pages(self) -> tuple[Page, ...]:
        return tuple(page for module in self.modules for page in module.pages)

    @property
    def everything(self) -> tuple[Page, ...]:
        """The pages, and the diagnostic after them."""
        return self.pages + ((self.diagnostic.page,) if self.diagnostic else ())

    @property
    def final_tests(self) -> frozenset[str]:
        """The quizzes that nobody skips: those with a mark in `completion`, and the last one."""
        return final_tests(
            [page.id for page in self.pages if page.quiz is not None], self.completion_pass
        )

    def ids(self) -> dict[str, str]:
        """Each id of the course with the kind of thing that it names."""
        kinds: dict[str, str] = {}
        for page in self.everything:
            kinds[page.id] = page.type
            kinds.update({check.id: "check" for check in page.checks})
            if page.quiz:
                kinds.update({question.id: "question" for question in page.quiz.questions})
        return kinds


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """`course` is None where a problem is an error: half a course is never handed on."""

    slug: str
    course: Course | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def final_tests(quizzes: Sequence[str], marks: Iterable[str]) -> frozenset[str]:
    """Of the quizzes of a course, in its order, those that no diagnostic stands in for."""
    return frozenset(marks) | frozenset(quizzes[-1:])


def plain(value: Any) -> Any:
    """JSON knows no decimals: they travel as strings, so that none is rounded on the way."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
