"""Questions and checks as they are written: body, options, keys, feedback, explanation.

Only structure is read here; `quiz.py` gives it meaning and renders it.
"""

from dataclasses import dataclass, field

from corpu.content import tree
from corpu.content.blocks import Scanner
from corpu.content.gather import gather_item
from corpu.content.lines import Attributes, Line, split_attributes
from corpu.content.syntax import (
    ATX,
    BULLET,
    FENCE,
    FORMULA,
    KEY,
    ODD_KEY,
    ODD_OPTION,
    OPTION,
    QUOTE,
)

QUESTION_KEYS = ("type", "points", "competency", "level")
DIAGNOSTIC_QUESTION_KEYS = (*QUESTION_KEYS, "module")


@dataclass
class OptionSource:
    line: int
    correct: bool
    blocks: list[tree.Block]
    feedback: list[tree.Block]


@dataclass
class Answers:
    """The parts of a question below its title."""

    body: list[Line] = field(default_factory=list)
    options: list[OptionSource] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)
    explanation: list[tree.Block] = field(default_factory=list)


@dataclass
class QuestionSource:
    line: int
    title: str
    attributes: Attributes
    answers: Answers
    id: str = ""
    id_written: bool = False


@dataclass
class Section:
    """What stands below one `##` heading of a quiz."""

    line: int
    title: str
    attributes: Attributes
    lines: list[Line]


def verbatim(lines: list[Line]) -> list[bool]:
    """Which lines stand inside of a fence or a `$$` block at the margin, its edges included."""
    marks = [False] * len(lines)
    index = 0
    while index < len(lines):
        text = lines[index].text
        if match := FENCE.match(text):
            end = _end_of_fence(lines, index, match[1])
        elif FORMULA.match(text) and text.count("$$") == 1:
            end = _end_of_formula(lines, index)
        else:
            index += 1
            continue
        for position in range(index, end):
            marks[position] = True
        index = end
    return marks


def _end_of_fence(lines: list[Line], index: int, fence: str) -> int:
    for position in range(index + 1, len(lines)):
        text = lines[position].text.rstrip()
        bare = text.lstrip(" ")
        if len(text) - len(bare) < 4 and len(bare) >= len(fence) and not bare.strip(fence[0]):
            return position + 1
    return len(lines)


def _end_of_formula(lines: list[Line], index: int) -> int:
    for position in range(index + 1, len(lines)):
        if lines[position].is_blank:
            return position
        if "$$" in lines[position].text:
            return position + 1
    return len(lines)


def split_sections(
    lines: list[Line], scanner: Scanner, keys: tuple[str, ...] = QUESTION_KEYS
) -> tuple[list[Line], list[Section]]:
    """The lines before the first `##`, and the sections that `##` headings open."""
    intro: list[Line] = []
    sections: list[Section] = []
    for line, inside in zip(lines, verbatim(lines), strict=True):
        match = None if inside else ATX.match(line.text)
        if match and len(match[1]) == 2:
            title, attributes = split_attributes(
                match[2] or "", keys, scanner.path, line.number, scanner.problems
            )
            bare = title.rstrip("#")
            title = (bare if not bare or bare[-1] in " \t" else title).strip()
            if not title:
                scanner.report("heading-empty", line.number)
            sections.append(Section(line.number, title, attributes, []))
        else:
            (sections[-1].lines if sections else intro).append(line)
    return intro, sections


def read_answers(lines: list[Line], scanner: Scanner, *, keys_allowed: bool = True) -> Answers:
    """Divide the lines of a question. Whatever could be mistaken for text is a problem here:
    a key never reaches a reader because of a missing blank."""
    found = Answers()
    marks = verbatim(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        answered = bool(found.options or found.keys)
        if marks[index]:
            if answered:
                scanner.report("text-after-answers", line.number)
            found.body.append(line)
            index += 1
        elif OPTION.match(line.text):
            if found.keys:
                scanner.report("mixed-answers", line.number)
            option, index = _option(lines, index, scanner)
            found.options.append(option)
        elif ODD_OPTION.match(line.text):
            scanner.report("broken-option", line.number)
            index += 1
        elif match := KEY.match(line.text):
            if not keys_allowed:
                scanner.report("broken-key", line.number)
            elif found.options:
                scanner.report("mixed-answers", line.number)
            found.keys.append((line.number, match[1].strip()))
            index += 1
        elif ODD_KEY.match(line.text):
            scanner.report("broken-key", line.number)
            index += 1
        elif answered and QUOTE.match(line.text):
            index = _explanation(lines, index, scanner, found)
        else:
            if answered and not line.is_blank:
                scanner.report("text-after-answers", line.number)
            found.body.append(line)
            index += 1
    return found


def _option(lines: list[Line], index: int, scanner: Scanner) -> tuple[OptionSource, int]:
    bullet = BULLET.match(lines[index].text)
    mark = OPTION.match(lines[index].text)
    assert bullet is not None
    assert mark is not None
    own, after, _ = gather_item(lines, index, bullet)
    for line in lines[index + 1 : after]:
        if line.indent < 2 and ODD_KEY.match(line.text):
            scanner.report("mixed-answers", line.number)
    content = [Line(own[0].number, mark[2] or ""), *own[1:]]
    for line, inside in zip(content[1:], verbatim(content)[1:], strict=True):
        if not inside and ODD_OPTION.match(line.text):
            scanner.report("nested-option", line.number)
    blocks = scanner.scan(content, 1)
    feedback: list[tree.Block] = []
    text: list[tree.Block] = []
    for block in blocks:
        if isinstance(block, tree.Quote):
            feedback.extend(block.children)
        elif feedback:
            scanner.report("text-after-answers", block.line)
        else:
            text.append(block)
    if not text:
        scanner.report("empty-option", lines[index].number)
    return OptionSource(lines[index].number, mark[1] != " ", text, feedback), after


def _explanation(lines: list[Line], index: int, scanner: Scanner, found: Answers) -> int:
    """The quote at the margin after the answers; what follows it must be quotes only."""
    end = index
    while end < len(lines) and (lines[end].is_blank or QUOTE.match(lines[end].text)):
        end += 1
    for block in scanner.scan(lines[index:end]):
        if isinstance(block, tree.Quote):
            found.explanation.extend(block.children)
    if end < len(lines):
        is_answer = OPTION.match(lines[end].text) or KEY.match(lines[end].text)
        code = "quote-before-answers" if is_answer else "text-after-answers"
        scanner.report(code, lines[index].number if is_answer else lines[end].number)
    return end


def read_question(section: Section, scanner: Scanner) -> QuestionSource:
    answers = read_answers(section.lines, scanner)
    return QuestionSource(section.line, section.title, section.attributes, answers)
