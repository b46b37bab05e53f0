"""Answers that are a list or a table: orders, matches and the rubrics of essays."""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal

from corpu.content import tree
from corpu.content.blocks import Scanner
from corpu.content.html import plain_text
from corpu.content.model import Criterion
from corpu.content.problems import Phrase
from corpu.content.render import Renderer, unwrap
from corpu.errors import N_

NUMBER = re.compile(r"-?[0-9]{1,6}(?:[.,][0-9]{1,4})?")


class SpecialAnswers:
    """Reads the answers of one file."""

    def __init__(self, scanner: Scanner, renderer: Renderer) -> None:
        self.scanner = scanner
        self.renderer = renderer

    def divide(
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

    def read(self, kind: str, answer: tree.Block, prefix: str) -> Mapping[str, object]:
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
        marks = [read_points(text) for text in answer.cells[0][1:]]
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


def read_points(text: str) -> Decimal | None:
    """Points as an author writes them, with `,` or `.`; None where it is no number."""
    if not NUMBER.fullmatch(text.strip()):
        return None
    return Decimal(text.strip().replace(",", "."))
