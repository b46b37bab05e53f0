"""What the written parts of questions mean: types, keys, rubrics, pairs; and their HTML."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from corpu.content import tree
from corpu.content.answers import looks_like_number, read_keys
from corpu.content.blocks import Scanner
from corpu.content.html import plain_text
from corpu.content.model import Check, Choice, Criterion, Question
from corpu.content.problems import Phrase, meant
from corpu.content.questions import Answers, OptionSource, QuestionSource
from corpu.content.render import Renderer, unwrap
from corpu.content.vocabulary import Vocabulary
from corpu.errors import N_

TYPES = ("single", "multiple", "truefalse", "short", "number", "order", "match", "essay")
CHOICES = ("single", "multiple", "truefalse")
TRUTHS = ({"benar", "salah"}, {"true", "false"})
MOST_POINTS = Decimal(1000)
NUMBER = re.compile(r"-?[0-9]{1,6}(?:[.,][0-9]{1,4})?")

WANTED = {
    "options": N_("Tulis pilihan dengan - [x] dan - [ ]."),
    "keys": N_("Tulis kunci dengan = jawaban."),
    "truths": N_("Tulis tepat dua pilihan: Benar dan Salah."),
    "none": N_("Hapus pilihan dan kunci =."),
}


@dataclass(frozen=True)
class QuizDefaults:
    """What the front matter of a quiz says for all its questions."""

    points: Decimal = Decimal(1)
    competency: str | None = None
    level: int | None = None


class QuestionBuilder:
    """Makes questions and checks of one file."""

    def __init__(self, scanner: Scanner, renderer: Renderer, vocabulary: Vocabulary) -> None:
        self.scanner = scanner
        self.renderer = renderer
        self.vocabulary = vocabulary

    # ── checks ────────────────────────────────────────────────────────────────────────────────

    def check(self, block: tree.CheckBlock, answers: Answers) -> Check:
        prefix = f"isi-{block.id}-"
        asked = block.attributes.values.get("type")
        if asked not in (None, "single", "multiple"):
            self.scanner.report(
                "unknown-value", block.line, key="type", value=asked, known="single, multiple"
            )
        right = sum(option.correct for option in answers.options)
        self._count_options(answers, block.line)
        if not right and len(answers.options) > 1:
            self.scanner.report("check-without-key", block.line)
        if asked == "single" and right > 1:
            self.scanner.report("several-keys", block.line, type="single")
        body = self.scanner.scan(answers.body)
        title = tree.Paragraph(block.line, block.title)
        return Check(
            id=block.id,
            question_html=unwrap(self.renderer.blocks([title, *body], prefix + "tanya-")),
            options=self._options(answers, prefix),
            multiple=right > 1 or asked == "multiple",
            explanation_html=self.renderer.blocks(answers.explanation, prefix + "bahas-"),
            id_written=block.attributes.id is not None,
            line=block.line,
        )

    # ── questions ─────────────────────────────────────────────────────────────────────────────

    def question(self, source: QuestionSource, defaults: QuizDefaults) -> Question | None:
        """The question, or None where its answers make no sense; the problem is reported."""
        kind = self._type(source)
        prefix = f"isi-{source.id}-"
        answers = source.answers
        body = self.scanner.scan(answers.body)
        special: dict[str, object] = {}
        explanation = list(answers.explanation)
        if kind in ("order", "match", "essay"):
            body, answer, trailing = self._divide(body, kind)
            explanation += trailing
            if answer is None:
                code = {
                    "order": "order-without-list",
                    "match": "match-without-table",
                    "essay": "essay-without-rubric",
                }[kind]
                self.scanner.report(code, source.line)
                return None
            special = self._special(kind, answer, prefix)
        elif kind in CHOICES:
            special = {"options": self._options(answers, prefix)}
        elif kind:
            special = {
                "keys": read_keys(
                    answers.keys,
                    number=kind == "number",
                    path=self.scanner.path,
                    problems=self.scanner.problems,
                )
            }
        points, competency, level = self._mapping(source, defaults)
        title = self.renderer.inline(source.title, source.line, prefix + "judul-")
        body_html = self.renderer.blocks(body, prefix + "tanya-")
        explanation_html = self.renderer.blocks(explanation, prefix + "bahas-")
        if not kind:
            return None
        return Question(
            id=source.id,
            type=kind,
            title_html=title,
            title_text=plain_text(title),
            body_html=body_html,
            points=points,
            competency=competency,
            level=level,
            explanation_html=explanation_html,
            id_written=source.id_written,
            line=source.line,
            **special,  # type: ignore[arg-type]
        )

    def _type(self, source: QuestionSource) -> str:
        """The type that is written or follows from the answers; "" where there is none."""
        answers, line = source.answers, source.line
        asked = source.attributes.values.get("type")
        if asked is not None and asked not in TYPES:
            self.scanner.report(
                "unknown-value", line, key="type", value=asked, known=", ".join(TYPES)
            )
            return ""
        right = sum(option.correct for option in answers.options)
        kind = asked or self._inferred(answers, right)
        wanted = None
        if not kind or (kind in CHOICES and answers.options and not right):
            self.scanner.report("quiz-without-key", line)
            return ""
        if kind in CHOICES:
            wanted = None if answers.options else "options"
            if kind == "truefalse" and answers.options and not self._is_truth(answers):
                wanted = "truths"
        elif kind in ("short", "number"):
            wanted = None if answers.keys else "keys"
        elif answers.options or answers.keys:
            wanted = "none"
        if wanted:
            self.scanner.report("type-mismatch", line, type=kind, wanted=Phrase(WANTED[wanted]))
            return ""
        if kind in CHOICES:
            self._count_options(answers, line)
            if kind != "multiple" and right > 1:
                self.scanner.report("several-keys", line, type=kind)
        return kind

    def _inferred(self, answers: Answers, right: int) -> str:
        if answers.options:
            if self._is_truth(answers) and right == 1:
                return "truefalse"
            return "multiple" if right > 1 else "single"
        if answers.keys:
            numbers = all(looks_like_number(key) for _, key in answers.keys)
            return "number" if numbers else "short"
        return ""

    def _is_truth(self, answers: Answers) -> bool:
        texts = [_text(option) for option in answers.options]
        return len(texts) == 2 and {text.casefold() for text in texts} in TRUTHS

    def _count_options(self, answers: Answers, line: int) -> None:
        if len(answers.options) < 2:
            self.scanner.report("too-few-options", line)
        seen: set[str] = set()
        for option in answers.options:
            text = " ".join(_text(option).casefold().split())
            if text and text in seen:
                self.scanner.report("duplicate-answer", option.line, text=_text(option))
            seen.add(text)

    def _options(self, answers: Answers, prefix: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                html=unwrap(self.renderer.blocks(option.blocks, prefix + opaque(_text(option)))),
                correct=option.correct,
                feedback_html=self.renderer.blocks(
                    option.feedback, f"{prefix}umpan-{opaque(_text(option))}"
                ),
            )
            for option in answers.options
        )

    def _divide(
        self, blocks: list[tree.Block], kind: str
    ) -> tuple[list[tree.Block], tree.Block | None, list[tree.Block]]:
        """Body, the list or table that is the answer (the last one), and the explanation."""
        positions = [index for index, block in enumerate(blocks) if _answers(block, kind)]
        if not positions:
            position, answer = len(blocks), None
            while position and isinstance(blocks[position - 1], tree.Quote):
                position -= 1
            rest = blocks[position:]
        else:
            position = positions[-1]
            answer, rest = blocks[position], blocks[position + 1 :]
        explanation: list[tree.Block] = []
        for block in rest:
            if isinstance(block, tree.Quote):
                explanation.extend(block.children)
            else:
                self.scanner.report("text-after-answers", block.line)
        return blocks[:position], answer, explanation

    def _special(self, kind: str, answer: tree.Block, prefix: str) -> Mapping[str, object]:
        if isinstance(answer, tree.ListBlock):
            return {"items": self._items(answer, prefix)}
        assert isinstance(answer, tree.Table)
        return self._pairs(answer, prefix) if kind == "match" else self._rubric(answer, prefix)

    def _items(self, answer: tree.ListBlock, prefix: str) -> tuple[str, ...]:
        items: list[str] = []
        for item in answer.items:
            text = " ".join(child.text for child in item.children if isinstance(child, tree.Leaf))
            html = unwrap(self.renderer.blocks(item.children, prefix + opaque(text)))
            if html in items:
                self.scanner.report("duplicate-answer", item.line, text=plain_text(html))
            items.append(html)
        if len(items) < 2:
            self.scanner.report("order-without-list", answer.line)
        return tuple(items)

    def _pairs(self, answer: tree.Table, prefix: str) -> Mapping[str, object]:
        pairs: list[tuple[str, int]] = []
        choices: list[str] = []
        rows = list(zip(answer.cells, answer.lines, strict=True))[1:]
        for cells, line in rows:
            left, right = (
                self.renderer.inline(text, line, prefix + opaque(text)) for text in cells
            )
            if not right:
                self.scanner.report("match-without-table", line)
                continue
            if right not in choices:
                choices.append(right)
            elif not left:
                self.scanner.report("duplicate-answer", line, text=plain_text(right))
            if left and left in [other for other, _ in pairs]:
                self.scanner.report("duplicate-answer", line, text=plain_text(left))
            elif left:
                pairs.append((left, choices.index(right)))
        if len(pairs) < 2:
            self.scanner.report("match-without-table", answer.line)
        return {"pairs": tuple(pairs), "choices": tuple(choices)}

    def _rubric(self, answer: tree.Table, prefix: str) -> Mapping[str, object]:
        marks = [_decimal(text) for text in answer.cells[0][1:]]
        known = [mark for mark in marks if mark is not None]
        reason = None
        if len(set(known)) != len(marks) or any(mark < 0 for mark in known):
            reason = N_("judul kolom sesudah kolom pertama harus angka yang berbeda, mulai dari 0")
        elif not known or max(known) <= 0:
            reason = N_("tulis sedikitnya satu kolom dengan angka di atas 0")
        elif len(answer.cells) < 2 or any(not row[0] for row in answer.cells[1:]):
            reason = N_("setiap baris perlu nama kriteria di kolom pertama")
        if reason:
            self.scanner.report("bad-rubric", answer.line, reason=Phrase(reason))
            return {"rubric": ()}
        rubric = []
        for cells, line in zip(answer.cells[1:], answer.lines[1:], strict=True):
            title, *meanings = (
                self.renderer.inline(text, line, f"{prefix}{line}-{column}-")
                for column, text in enumerate(cells)
            )
            rubric.append(
                Criterion(title_html=title, columns=tuple(zip(known, meanings, strict=True)))
            )
        return {"rubric": tuple(rubric)}

    def _mapping(
        self, source: QuestionSource, defaults: QuizDefaults
    ) -> tuple[Decimal, str | None, int | None]:
        values, line = source.attributes.values, source.line
        points = defaults.points
        if "points" in values:
            points = self.points(values["points"], line) or points
        competency = defaults.competency
        if "competency" in values:
            competency = self.competency(values["competency"], line)
        level = defaults.level
        if "level" in values:
            level = self.level(values["level"], line)
        if (competency is None) != (level is None) and not {"competency", "level"} & (
            values.keys() & _refused(values, competency, level)
        ):
            self.scanner.report("competency-without-level", line)
        return points, competency, level

    def points(self, text: str, line: int) -> Decimal | None:
        points = _decimal(text)
        if points is None or not 0 < points <= MOST_POINTS:
            self.scanner.report(
                "out-of-range", line, key="points", low="0,01", high=MOST_POINTS, value=text
            )
            return None
        return points

    def competency(self, text: str, line: int) -> str | None:
        found = self.vocabulary.competencies.find(text)
        if found is None:
            nearest = self.vocabulary.competencies.nearest(text)
            self.scanner.report("unknown-competency", line, code=text, hint=meant(nearest))
        return found

    def level(self, text: str, line: int) -> int | None:
        if text not in ("1", "2", "3", "4", "5"):
            self.scanner.report("out-of-range", line, key="level", low=1, high=5, value=text)
            return None
        return int(text)


def _refused(values: Mapping[str, str], competency: str | None, level: int | None) -> set[str]:
    """Keys that were written but not understood: their problem has been reported already."""
    found = {"competency": competency, "level": level}
    return {key for key, value in found.items() if key in values and value is None}


def opaque(text: str) -> str:
    """A prefix for the ids inside of an answer that says nothing about its place in the source:
    a number there would give away the order, or which two cells belong together."""
    return hashlib.sha256(text.encode()).hexdigest()[:8] + "-"


def _answers(block: tree.Block, kind: str) -> bool:
    if kind == "order":
        return isinstance(block, tree.ListBlock) and block.ordered
    if not isinstance(block, tree.Table):
        return False
    return kind == "essay" or len(block.cells[0]) == 2


def _text(option: OptionSource) -> str:
    return " ".join(block.text for block in option.blocks if isinstance(block, tree.Leaf)).strip()


def _decimal(text: str) -> Decimal | None:
    if not NUMBER.fullmatch(text.strip()):
        return None
    return Decimal(text.strip().replace(",", "."))
