"""From the files of a course to a checked course: scan everything, then render everything."""

import hashlib
import math
import re
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from corpu.content import tree
from corpu.content.anchors import place_anchors
from corpu.content.blocks import Scanner
from corpu.content.checks import check_course
from corpu.content.headers import (
    CourseHeader,
    QuizHeader,
    read_course_header,
    read_diagnostic_header,
    read_quiz_header,
)
from corpu.content.html import clean
from corpu.content.limits import Limits
from corpu.content.links import Links, PagePlace
from corpu.content.media import read_medium
from corpu.content.model import (
    Compiled,
    Course,
    Diagnostic,
    Html,
    MediaFile,
    Module,
    Page,
    Quiz,
    Segment,
)
from corpu.content.problems import Problems
from corpu.content.questions import verbatim
from corpu.content.quiz import QuestionBuilder
from corpu.content.render import Renderer
from corpu.content.scan import (
    FileText,
    ModuleSource,
    Outline,
    PageSource,
    scan_course,
)
from corpu.content.source import CourseSource
from corpu.content.syntax import ATX, BLOCK
from corpu.content.vocabulary import Vocabulary

RENDERER_VERSION = 5
"""Raised whenever the same source gives other HTML: caches keyed by it are made again."""

WORDS_PER_MINUTE = 180
MINUTES_PER_QUESTION = Decimal("1.5")


def compile_course(
    source: CourseSource, vocabulary: Vocabulary, *, limits: Limits | None = None
) -> Compiled:
    """Check a course and render it. Never raises for what an author wrote: it reports instead."""
    limits = limits or Limits()
    problems = Problems(source.slug, limits.problems)
    for found in source.problems:
        problems.take(found)
    outline = scan_course(source.slug, source.files, problems, limits)
    course = None
    if outline.course is not None:
        known = vocabulary.with_courses([source.slug])
        header = read_course_header(outline.course.front, "course.md", problems, known)
        media = {
            path: read_medium(path, source.files[path], problems, limits) for path in outline.media
        }
        course = _Compiler(source, outline, header, vocabulary, media, problems).course()
        check_course(course, header, problems)
    if problems.has_errors:
        course = None
    return Compiled(slug=source.slug, course=course, problems=problems.sorted())


class _Compiler:
    def __init__(
        self,
        source: CourseSource,
        outline: Outline,
        header: CourseHeader,
        vocabulary: Vocabulary,
        media: dict[str, MediaFile | None],
        problems: Problems,
    ) -> None:
        self.source = source
        self.outline = outline
        self.header = header
        self.vocabulary = vocabulary
        self.problems = problems
        places = {page.path: PagePlace(page.id, frozenset(page.anchors)) for page in outline.pages}
        self.links = Links(places, media)
        self.renderer = Renderer(self.links, problems, header.language)
        self.position = 0

    def course(self) -> Course:
        text = self.outline.course
        assert text is not None
        intro_blocks = text.scanner.scan(text.lines)
        place_anchors(intro_blocks, text.scanner, set())
        self._open(text)
        intro = self.renderer.blocks(intro_blocks, "isi-")
        self._close(text)
        modules = tuple(self._module(module) for module in self.outline.modules)
        diagnostic = self._diagnostic(self.outline.diagnostic)
        header = self.header
        for path in self.outline.media:
            if path not in self.links.used and self.links.media[path] and not path.endswith(".vtt"):
                self.problems.add("unused-media", path)
        return Course(
            slug=self.source.slug,
            title=header.title,
            summary=header.summary,
            language=header.language,
            kind=header.kind,
            jp=header.jp,
            goals=header.goals,
            targets=header.targets,
            programmes=header.programmes,
            competencies=header.competencies,
            audience=header.audience,
            prerequisites=header.prerequisites,
            authors=header.authors,
            licence=header.licence,
            completion_pages=(
                tuple(page.id for module in modules for page in module.pages)
                if header.completion_pages is None
                else tuple(page for page, _ in header.completion_pages)
            ),
            completion_pass={quiz: mark for quiz, (mark, _) in header.completion_pass.items()},
            order=header.order,
            certificate=header.certificate,
            intro=(Html(intro),) if intro else (),
            modules=modules,
            source_hash=self.source.source_hash,
            media={
                path: file
                for path, file in self.links.media.items()
                if file is not None and path in self.links.used
            },
            diagnostic=diagnostic,
        )

    def _open(self, text: FileText) -> None:
        self.renderer.open(text.path, text.definitions, text.numbered)

    def _close(self, text: FileText) -> None:
        for label, note in text.definitions.footnotes.items():
            if label not in text.definitions.used:
                self.problems.add("footnote-unused", text.path, note.line, label=label)

    def _module(self, module: ModuleSource) -> Module:
        summary = ""
        if module.text:
            self._open(module.text)
            if module.summary:
                line = module.text.front.entries["summary"].line
                summary = f"<p>{self.renderer.inline(module.summary, line, 'isi-')}</p>"
            summary = clean(summary + self.renderer.blocks(module.blocks, "isi-"))
            self._close(module.text)
        pages = tuple(self._page(page) for page in module.pages)
        return Module(slug=module.slug, title=module.title, summary=summary, pages=pages)

    def _diagnostic(self, source: PageSource | None) -> Diagnostic | None:
        if source is None:
            return None
        page = replace(self._page(source), type="diagnostic", position=0)
        header = read_diagnostic_header(
            source.text.front, source.path, Problems(""), self.vocabulary
        )  # whatever is wrong with it has been said when its page was read
        return Diagnostic(page=page, proven=header.proven, hours=header.hours)

    def _page(self, page: PageSource) -> Page:
        self.position += 1
        before, self.links.used = self.links.used, set()
        self._open(page.text)
        segments: tuple[Segment, ...] = ()
        quiz = None
        if page.header.is_quiz:
            quiz = self._quiz(page)
            minutes = quiz.time_limit or _quiz_minutes(quiz)
        else:
            segments = self._segments(page)
            words = sum(len(line.text.split()) for line in page.text.lines)
            minutes = max(1, math.ceil(words / WORDS_PER_MINUTE))
        self._close(page.text)
        used, self.links.used = self.links.used, before | self.links.used
        shown = sorted(file.sha256 for path in used if (file := self.links.media[path]))
        return Page(
            id=page.id,
            id_written=page.header.id is not None,
            type="quiz" if page.header.is_quiz else "page",
            title=page.header.title,
            minutes=page.header.minutes or minutes,
            position=self.position,
            module=page.module,
            path=page.path,
            body_hash=_body_hash(page, shown),
            segments=segments,
            quiz=quiz,
        )

    def _segments(self, page: PageSource) -> tuple[Segment, ...]:
        groups: list[list[tree.Block]] = [[]]
        for block in page.blocks:
            if isinstance(block, tree.CheckBlock):
                groups.append([])
            else:
                groups[-1].append(block)
        html = self.renderer.groups(groups)
        inside = Scanner(
            page.path,
            self.problems,
            page.text.scanner.limits,
            checks_allowed=False,
            headings_allowed=False,
        )
        builder = QuestionBuilder(inside, self.renderer, self.vocabulary)
        segments: list[Segment] = [Html(html[0])] if html[0] else []
        for block, after in zip(page.check_blocks, html[1:], strict=True):
            segments.append(builder.check(block, page.checks[block.line]))
            if after:
                segments.append(Html(after))
        return tuple(segments)

    def _quiz(self, page: PageSource) -> Quiz:
        text = page.text
        read = read_diagnostic_header if page.header.is_diagnostic else read_quiz_header
        header: QuizHeader = read(text.front, page.path, self.problems, self.vocabulary)
        intro = self.renderer.blocks(page.blocks, "isi-")
        inside = Scanner(page.path, self.problems, text.scanner.limits, checks_allowed=False)
        builder = QuestionBuilder(inside, self.renderer, self.vocabulary)
        questions = [builder.question(source, header.defaults) for source in page.questions]
        if header.draw is not None and page.questions and header.draw > len(page.questions):
            self.problems.add(
                "draw-too-large",
                page.path,
                header.lines["draw"],
                draw=header.draw,
                size=len(page.questions),
            )
        return Quiz(
            pass_mark=header.pass_mark,
            attempts=header.attempts,
            time_limit=header.time_limit,
            draw=header.draw,
            shuffle_questions="questions" in header.shuffle,
            shuffle_options="options" in header.shuffle,
            review=header.review,
            intro=(Html(intro),) if intro else (),
            questions=tuple(question for question in questions if question is not None),
        )


def _quiz_minutes(quiz: Quiz) -> int:
    asked = min(quiz.draw or len(quiz.questions), len(quiz.questions))
    return max(1, int((asked * MINUTES_PER_QUESTION).to_integral_value(ROUND_CEILING)))


ID_IN_LIST = re.compile(r"(?<=[{ :])#[a-z0-9-]+[ ]?")


def _body_hash(page: PageSource, media: list[str]) -> str:
    """Of what a learner reads and answers: title, body without ids, and the media in it."""
    parts = [page.header.title, "quiz" if page.header.is_quiz else "page", *media]
    lines = page.text.front.body
    for line, inside in zip(lines, verbatim(lines), strict=True):
        text = line.text.rstrip()
        if not inside and (ATX.match(text) or BLOCK.match(text)) and text.endswith("}"):
            head, _, attributes = text.rpartition("{")
            attributes = ID_IN_LIST.sub("", "{" + attributes)
            text = (head + ("" if attributes.strip("{: }") == "" else attributes)).rstrip()
        parts.append(text)
    return hashlib.sha256("\n".join(parts).strip().encode()).hexdigest()
