"""The front matter of `course.md`, of a module, a page and a quiz."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from corpu.content.frontmatter import Front, Value
from corpu.content.model import DIAGNOSTIC
from corpu.content.problems import Problems, meant
from corpu.content.quiz import QuizDefaults
from corpu.content.schema import LANGUAGE, Reader
from corpu.content.vocabulary import Vocabulary

COURSE_KEYS = (
    "title",
    "summary",
    "language",
    "kind",
    "jp",
    "sdgs",
    "programmes",
    "competencies",
    "audience",
    "prerequisites",
    "authors",
    "licence",
    "completion",
    "order",
    "certificate",
)
PAGE_KEYS = ("title", "id", "minutes", "type")
QUIZ_KEYS = (
    *PAGE_KEYS,
    "pass",
    "attempts",
    "time_limit",
    "draw",
    "shuffle",
    "review",
    "points",
    "competency",
    "level",
)
DIAGNOSTIC_KEYS = (
    "title",
    "minutes",
    "pass",
    "time_limit",
    "shuffle",
    "review",
    "points",
    "competency",
    "level",
    "proven",
    "hours",
)
CERTIFICATES = ("sertifikat", "sttp", "surat-keterangan", "piagam", "none")
REVIEWS = ("after-pass", "after-attempt", "never")
DIAGNOSTIC_REVIEWS = ("never", "after-attempt")
PROVEN = ("done", "mark")
HOURS = ("full", "without-proven")
MOST_JP = 2_000
MOST_MINUTES = 600


@dataclass(frozen=True, kw_only=True)
class CourseHeader:
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
    licence: str
    completion_pages: tuple[tuple[str, int], ...] | None
    """Ids with their lines; None means all pages."""
    completion_pass: dict[str, tuple[Decimal, int]]
    order: str
    certificate: str
    lines: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class PageHeader:
    title: str
    id: str | None
    minutes: int | None
    is_quiz: bool
    line: int = 1
    is_diagnostic: bool = False


@dataclass(frozen=True, kw_only=True)
class QuizHeader:
    pass_mark: Decimal = Decimal(75)
    attempts: int | None = None
    time_limit: int | None = None
    draw: int | None = None
    shuffle: tuple[str, ...] = ()
    review: str = "after-pass"
    defaults: QuizDefaults = field(default_factory=QuizDefaults)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DiagnosticHeader(QuizHeader):
    """A quiz that is taken once, and what follows from what it proves."""

    proven: str = "done"
    hours: str = "full"


def read_course_header(
    front: Front, path: str, problems: Problems, vocabulary: Vocabulary
) -> CourseHeader:
    reader = Reader(front.entries, COURSE_KEYS, path, problems)
    language = reader.text("language", required=True, limit=35)
    if language and not LANGUAGE.fullmatch(language):
        reader.report(
            "unknown-value",
            reader.line_of("language"),
            key="language",
            value=language,
            known="id, en",
        )
    kind = reader.text("kind", required=True)
    if kind:
        kind = reader.code(kind, reader.line_of("kind"), vocabulary.kinds, "unknown-kind") or ""
    goals, targets = _sdgs(reader, vocabulary)
    pages, marks = _completion(reader)
    return CourseHeader(
        title=reader.text("title", required=True),
        summary=reader.text("summary", required=True, limit=500),
        language=language or "id",
        kind=kind,
        jp=reader.positive("jp", MOST_JP, required=True) or Decimal(0),
        goals=goals,
        targets=targets,
        programmes=reader.codes("programmes", vocabulary.programmes, "unknown-programme"),
        competencies=_competencies(reader, vocabulary),
        audience=reader.codes("audience", vocabulary.post_types, "unknown-audience"),
        prerequisites=reader.codes("prerequisites", vocabulary.courses, "unknown-prerequisite"),
        authors=reader.each("authors", lambda text, line: _nip(reader, text, line)),
        licence=reader.text("licence", limit=100),
        completion_pages=pages,
        completion_pass=marks,
        order=reader.one_of("order", ("free", "sequence"), "free"),
        certificate=reader.one_of("certificate", CERTIFICATES, "sertifikat"),
        lines={key: value.line for key, value in front.entries.items()},
    )


def _nip(reader: Reader, text: str, line: int) -> str | None:
    digits = re.sub(r"[ .]", "", text)
    if not re.fullmatch("[0-9]{18}", digits):
        reader.report("bad-nip", line, value=text)
        return None
    return digits


def _sdgs(reader: Reader, vocabulary: Vocabulary) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Goals (11) and targets (6.1, 6.b); a target belongs to its goal, which counts too."""
    goals: dict[int, None] = {}
    targets: dict[str, None] = {}

    def read(text: str, line: int) -> str | None:
        if "." not in text:
            if text.isascii() and text.isdigit() and int(text[:3]) in vocabulary.goals:
                goals[int(text)] = None
                return text
            reader.report("unknown-goal", line, code=text)
            return None
        found = vocabulary.targets.find(text)
        if found is None:
            nearest = vocabulary.targets.nearest(text)
            reader.report("unknown-target", line, code=text, hint=meant(nearest))
            return None
        targets[found] = None
        return found

    reader.each("sdgs", read)
    for target in targets:
        goals.setdefault(int(target.split(".")[0]), None)
    return tuple(sorted(goals)), tuple(targets)


def _competencies(reader: Reader, vocabulary: Vocabulary) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for value in reader.list("competencies"):
        if not isinstance(value.value, dict):
            reader.wrong("competencies", value, "map")
            continue
        entry = Reader(
            value.value,
            ("code", "level"),
            reader.path,
            reader.problems,
            value.line,
            "competencies.",
        )
        code = entry.text("code", required=True)
        level = entry.whole("level", 1, 5) if entry.require("level") else None
        known = code and entry.code(
            code, entry.line_of("code"), vocabulary.competencies, "unknown-competency"
        )
        if not known or level is None:
            continue
        if (known, level) in found:
            reader.report(
                "duplicate-value", value.line, key="competencies", value=f"{known} {level}"
            )
        else:
            found.append((known, level))
    return tuple(found)


def _completion(
    reader: Reader,
) -> tuple[tuple[tuple[str, int], ...] | None, dict[str, tuple[Decimal, int]]]:
    entry = Reader(
        reader.mapping("completion"),
        ("pages", "pass"),
        reader.path,
        reader.problems,
        reader.line_of("completion"),
        "completion.",
    )
    pages: tuple[tuple[str, int], ...] | None = None
    value = entry.entries.get("pages")
    if value is not None and value.value not in ("all", ""):
        listed: dict[str, int] = {}
        for item in entry.list("pages"):
            text = entry.item("pages", item)
            if text is not None and text in listed:
                entry.report("duplicate-value", item.line, key="completion.pages", value=text)
            elif text is not None:
                listed[text] = item.line
        pages = tuple(listed.items()) if isinstance(value.value, list) else None
    marks: dict[str, tuple[Decimal, int]] = {}
    for quiz, wanted in entry.mapping("pass").items():
        mark = entry.mark(f"pass.{quiz}", wanted)
        if mark is not None:
            marks[quiz] = (mark, wanted.line)
    return pages, marks


def read_page_header(front: Front, path: str, problems: Problems) -> PageHeader:
    """What every page says; a quiz says more (`read_quiz_header`)."""
    kind = front.entries.get("type", Value("", 1)).value
    is_quiz = isinstance(kind, str) and kind.strip().lower() == "quiz"
    reader = Reader(front.entries, QUIZ_KEYS if is_quiz else PAGE_KEYS, path, problems)
    reader.one_of("type", ("page", "quiz"), "page")
    return PageHeader(
        title=reader.text("title", required=True),
        id=reader.identifier(),
        minutes=reader.whole("minutes", 1, MOST_MINUTES),
        is_quiz=is_quiz,
        line=reader.line_of("id"),
    )


def read_quiz_header(
    front: Front, path: str, problems: Problems, vocabulary: Vocabulary
) -> QuizHeader:
    reader = Reader(front.entries, QUIZ_KEYS, path, Problems(""))  # unknown keys: said already
    reader.problems = problems
    return QuizHeader(
        pass_mark=reader.mark("pass") or Decimal(75),
        attempts=reader.whole("attempts", 1, 100),
        time_limit=reader.whole("time_limit", 1, MOST_MINUTES),
        draw=reader.whole("draw", 1, 1_000),
        shuffle=reader.some_of("shuffle", ("questions", "options")),
        review=reader.one_of("review", REVIEWS, "after-pass"),
        defaults=_defaults(reader, vocabulary),
        lines={key: value.line for key, value in front.entries.items()},
    )


def read_diagnostic_page_header(front: Front, path: str, problems: Problems) -> PageHeader:
    """What `diagnostic.md` says as a page; its id is always the same and stands nowhere."""
    reader = Reader(front.entries, DIAGNOSTIC_KEYS, path, problems)
    return PageHeader(
        title=reader.text("title", required=True),
        id=DIAGNOSTIC,
        minutes=reader.whole("minutes", 1, MOST_MINUTES),
        is_quiz=True,
        is_diagnostic=True,
    )


def read_diagnostic_header(
    front: Front, path: str, problems: Problems, vocabulary: Vocabulary
) -> DiagnosticHeader:
    """The rules of a diagnostic. It is taken once and asks everything."""
    reader = Reader(
        front.entries, DIAGNOSTIC_KEYS, path, Problems("")
    )  # unknown keys: said already
    reader.problems = problems
    return DiagnosticHeader(
        pass_mark=reader.mark("pass") or Decimal(75),
        attempts=1,
        time_limit=reader.whole("time_limit", 1, MOST_MINUTES),
        shuffle=reader.some_of("shuffle", ("questions", "options")),
        review=reader.one_of("review", DIAGNOSTIC_REVIEWS, "never"),
        defaults=_defaults(reader, vocabulary),
        lines={key: value.line for key, value in front.entries.items()},
        proven=reader.one_of("proven", PROVEN, "done"),
        hours=reader.one_of("hours", HOURS, "full"),
    )


def _defaults(reader: Reader, vocabulary: Vocabulary) -> QuizDefaults:
    points = reader.positive("points", 1_000)
    competency = reader.text("competency") or None
    if competency:
        competency = reader.code(
            competency, reader.line_of("competency"), vocabulary.competencies, "unknown-competency"
        )
    return QuizDefaults(points or Decimal(1), competency, reader.whole("level", 1, 5))


def read_module_header(front: Front, path: str, problems: Problems) -> tuple[str, str]:
    """Title and summary of a module, "" where it gives none."""
    reader = Reader(front.entries, ("title", "summary"), path, problems)
    return reader.text("title"), reader.text("summary", limit=500)
