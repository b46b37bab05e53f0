"""The outline of a course: modules, pages, ids and anchors, known before anything is rendered."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename

from corpu.content import tree
from corpu.content.anchors import place_anchors, take_definitions
from corpu.content.blocks import Scanner
from corpu.content.frontmatter import Front, read_front_matter
from corpu.content.headers import (
    PageHeader,
    read_diagnostic_page_header,
    read_module_header,
    read_page_header,
)
from corpu.content.limits import MEGABYTE, Limits
from corpu.content.lines import Line, read_lines, slugify
from corpu.content.problems import Problems
from corpu.content.questions import (
    DIAGNOSTIC_QUESTION_KEYS,
    QUESTION_KEYS,
    Answers,
    QuestionSource,
    read_answers,
    read_question,
    split_sections,
)
from corpu.content.render import Definitions
from corpu.content.source import report_size

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DIAGNOSTIC_FILE = "diagnostic.md"
RESERVED = {"grading"}  # words that stand where a course stands in an address
NUMBERED = re.compile(rf"([0-9]{{1,4}})-({SLUG.pattern})")


@dataclass
class FileText:
    """A file below its front matter, its definitions taken out."""

    path: str
    front: Front
    lines: list[Line]
    definitions: Definitions
    scanner: Scanner

    @property
    def numbered(self) -> dict[int, str]:
        return {line.number: line.text for line in self.front.body}


@dataclass
class PageSource:
    path: str
    module: str
    slug: str
    text: FileText
    header: PageHeader
    blocks: list[tree.Block] = field(default_factory=list)
    """Of a page; of a quiz, what stands before the first question."""
    questions: list[QuestionSource] = field(default_factory=list)
    checks: dict[int, Answers] = field(default_factory=dict)
    """By the line of the check."""
    anchors: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return self.header.id or f"{self.module}-{self.slug}"[:100].strip("-")

    @property
    def check_blocks(self) -> list[tree.CheckBlock]:
        return [block for block in self.blocks if isinstance(block, tree.CheckBlock)]


@dataclass
class ModuleSource:
    folder: str
    slug: str
    title: str = ""
    summary: str = ""
    text: FileText | None = None
    blocks: list[tree.Block] = field(default_factory=list)
    pages: list[PageSource] = field(default_factory=list)


@dataclass
class Outline:
    course: FileText | None
    modules: list[ModuleSource]
    media: list[str]
    diagnostic: PageSource | None = None

    @property
    def pages(self) -> list[PageSource]:
        return [page for module in self.modules for page in module.pages]

    @property
    def everything(self) -> list[PageSource]:
        """The pages, and the diagnostic after them."""
        return self.pages + ([self.diagnostic] if self.diagnostic else [])


@dataclass(frozen=True)
class Named:
    """A thing with an id: where it stands, and whether the id is written there."""

    id: str
    kind: str
    path: str
    line: int
    written: bool
    title: str


def named_things(page: PageSource) -> Iterator[Named]:
    header = page.header
    kind = "diagnostic" if header.is_diagnostic else "quiz" if header.is_quiz else "page"
    yield Named(page.id, kind, page.path, header.line, header.id is not None, header.title)
    for check in page.check_blocks:
        written = check.attributes.id is not None
        yield Named(check.id, "check", page.path, check.line, written, check.title)
    for question in page.questions:
        yield Named(
            question.id, "question", page.path, question.line, question.id_written, question.title
        )


def scan_course(
    slug: str, files: Mapping[str, bytes], problems: Problems, limits: Limits
) -> Outline:
    """Read the structure of every file. Sizes and counts are looked at first."""
    if not SLUG.fullmatch(slug) or len(slug) > 80 or slug in RESERVED:
        problems.add("bad-course-name", "course.md", name=slug)
    fitting = {
        path: data
        for path, data in files.items()
        if not report_size(problems, path, len(data), limits)
    }
    if sum(map(len, files.values())) > limits.course:
        problems.add("course-too-large", "course.md", limit=limits.course // MEGABYTE)
        return Outline(None, [], [])
    folders, media = _sort(fitting, problems)
    count = sum(len(names) for names in folders.values())
    if count > limits.pages:
        problems.add("too-many-pages", "course.md", size=count, limit=limits.pages)
        return Outline(None, [], [])
    course = None
    if "course.md" in fitting:
        course = _read("course.md", fitting, problems, limits)
    elif "course.md" not in files:
        problems.add("missing-course-file", "course.md")
    modules = [
        _module(folder, names, fitting, problems, limits) for folder, names in folders.items()
    ]
    _check_numbers(list(folders), "", problems)
    _check_modules(modules, problems)
    outline = Outline(course, modules, media)
    if DIAGNOSTIC_FILE in fitting:
        outline.diagnostic = _page(DIAGNOSTIC_FILE, "", fitting, problems, limits)
    if not outline.pages and not problems.has_errors:
        problems.add("empty-course", "course.md")
    _check_ids(outline, problems)
    return outline


def _sort(files: Mapping[str, bytes], problems: Problems) -> tuple[dict[str, list[str]], list[str]]:
    """Pages by module folder, in the order of their numbers; and the paths of media."""
    folders: dict[str, list[str]] = {}
    media: list[str] = []
    refused: set[str] = set()
    for path in sorted(files):
        top, *rest = path.split("/")
        in_module = bool(rest) and NUMBERED.fullmatch(top) is not None
        if in_module:
            folders.setdefault(top, [])
        if path in ("course.md", DIAGNOSTIC_FILE) or (in_module and rest == ["module.md"]):
            continue
        if not path.endswith(".md"):
            if rest and not in_module and top != "media" and top not in refused:
                refused.add(top)
                problems.add("bad-name", path, name=top)
            media.append(path)
        elif in_module and len(rest) == 1:
            if NUMBERED.fullmatch(rest[0].removesuffix(".md")):
                folders[top].append(rest[0])
            else:
                problems.add("bad-name", path, name=rest[0])
        elif rest and not in_module and top != "media":
            if top not in refused:
                refused.add(top)
                problems.add("bad-name", path, name=top)
        else:
            problems.add("stray-file", path)
    ordered = {
        folder: sorted(names, key=_order) for folder, names in sorted(folders.items(), key=_folder)
    }
    return ordered, media


def _order(name: str) -> tuple[int, str]:
    return int(name.partition("-")[0]), name


def _folder(entry: tuple[str, list[str]]) -> tuple[int, str]:
    return _order(entry[0])


def _check_numbers(names: list[str], folder: str, problems: Problems) -> None:
    seen: dict[int, str] = {}
    for name in names:
        number = _order(name)[0]
        if number in seen:
            path = folder + name if folder else f"{name}/module.md"
            problems.add("duplicate-number", path, number=number, other=seen[number])
        seen.setdefault(number, name)


def _check_modules(modules: list[ModuleSource], problems: Problems) -> None:
    seen: dict[str, str] = {}
    for module in modules:
        place = f"{module.folder}/module.md"
        if module.slug in seen:
            problems.add("duplicate-module", place, name=module.slug, other=seen[module.slug])
        seen[module.slug] = module.folder
        if not module.pages and not problems.errors_within(module.folder + "/"):
            problems.add("empty-module", place)


def _check_ids(outline: Outline, problems: Problems) -> None:
    seen: dict[str, Named] = {}
    for page in outline.everything:
        for thing in named_things(page):
            if thing.id in seen:
                first = seen[thing.id]
                problems.add(
                    "duplicate-id",
                    thing.path,
                    thing.line,
                    id=thing.id,
                    other=f"{first.path}:{first.line}",
                    example=f"{thing.id[:95]}-2",
                )
            seen.setdefault(thing.id, thing)


def _read(
    path: str,
    files: Mapping[str, bytes],
    problems: Problems,
    limits: Limits,
    *,
    checks: bool = False,
) -> FileText | None:
    lines = read_lines(files[path], path, problems, limits)
    if lines is None:
        return None
    front = read_front_matter(lines, path, problems, limits)
    if front is None:
        return None
    scanner = Scanner(path, problems, limits, checks_allowed=checks)
    body, definitions = take_definitions(front.body, scanner)
    return FileText(path, front, body, definitions, scanner)


def _module(
    folder: str,
    names: list[str],
    files: Mapping[str, bytes],
    problems: Problems,
    limits: Limits,
) -> ModuleSource:
    slug = folder.partition("-")[2]
    module = ModuleSource(folder, slug)
    path = f"{folder}/module.md"
    if path in files:
        module.text = _read(path, files, problems, limits)
        if module.text:
            module.title, module.summary = read_module_header(module.text.front, path, problems)
            module.blocks = module.text.scanner.scan(module.text.lines)
            place_anchors(module.blocks, module.text.scanner, set())
    module.title = module.title or slug.replace("-", " ").capitalize()
    _check_numbers(names, folder + "/", problems)
    for name in names:
        page = _page(f"{folder}/{name}", slug, files, problems, limits)
        if page:
            module.pages.append(page)
    return module


def _page(
    path: str, module: str, files: Mapping[str, bytes], problems: Problems, limits: Limits
) -> PageSource | None:
    text = _read(path, files, problems, limits, checks=True)
    if text is None:
        return None
    is_diagnostic = path == DIAGNOSTIC_FILE
    read_header = read_diagnostic_page_header if is_diagnostic else read_page_header
    header = read_header(text.front, path, problems)
    slug = basename(path).partition("-")[2].removesuffix(".md")
    page = PageSource(path, module, slug, text, header)
    scanner = text.scanner
    if header.is_quiz:
        scanner.checks_allowed = False
        keys = DIAGNOSTIC_QUESTION_KEYS if is_diagnostic else QUESTION_KEYS
        intro, sections = split_sections(text.lines, scanner, keys)
        page.blocks = scanner.scan(intro)
        page.questions = [read_question(section, scanner) for section in sections]
        for question in page.questions:
            question.id_written = question.attributes.id is not None
            prefix = page.id.replace("_", "-")  # that of a diagnostic is no id for an author
            derived = f"{prefix}-{slugify(question.title, 'soal')}"[:100].strip("-")
            question.id = question.attributes.id or derived
        if not sections:
            scanner.report("quiz-without-question", text.front.last_line)
    else:
        page.blocks = scanner.scan(text.lines)
        for check in page.check_blocks:
            derived = f"{page.id}-{slugify(check.title, 'cek')}"[:100].strip("-")
            check.id = check.attributes.id or derived
            inside = Scanner(path, problems, limits, checks_allowed=False, headings_allowed=False)
            page.checks[check.line] = read_answers(check.lines, inside, keys_allowed=False)
    place_anchors(page.blocks, scanner, page.anchors)
    return page
