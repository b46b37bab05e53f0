"""What the written parts of questions mean: types, keys, rubrics, pairs; and their HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from corpu.content import tree
from corpu.content.answers import looks_like_number, read_keys
from corpu.content.blocks import Scanner
from corpu.content.html import plain_text
from corpu.content.model import Check, Choice, Question
from corpu.content.problems import Phrase, meant
from corpu.content.questions import Answers, OptionSource, QuestionSource
from corpu.content.render import Renderer, unwrap
from corpu.content.special import SpecialAnswers, opaque, read_points
from corpu.content.vocabulary import Vocabulary
from corpu.errors import N_

TYPES = ("single", "multiple", "truefalse", "short", "number", "order", "match", "essay")
CHOICES = ("single", "multiple", "truefalse")
TRUTHS = ({"benar", "salah"}, {"true", "false"})
MOST_POINTS = Decimal(1000)

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
        self.special = SpecialAnswers(scanner, renderer)

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
        special: Mapping[str, object] = {}
        explanation = list(answers.explanation)
        if kind in ("order", "match", "essay"):
            body, answer, trailing = self.special.divide(body, kind)
            explanation += trailing
            if answer is None:
                code = {
                    "order": "order-without-list",
                    "match": "match-without-table",
                    "essay": "essay-without-rubric",
                }[kind]
                self.scanner.report(code, source.line)
                return None
            special = self.special.read(kind, answer, prefix)
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
            module=source.attributes.values.get("module"),
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
        points = read_points(text)
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


def _text(option: OptionSource) -> str:
    return " ".join(block.text for block in option.blocks if isinstance(block, tree.Leaf)).strip()
