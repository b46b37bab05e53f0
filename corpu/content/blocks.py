"""The scanner: lines in, a tree of blocks out, and a problem for whatever would be misread."""

import re
from dataclasses import dataclass, field

from corpu.content import tree
from corpu.content.gather import gather_indented, gather_item
from corpu.content.leaves import inspect_leaf
from corpu.content.limits import Limits
from corpu.content.lines import Line, split_attributes
from corpu.content.problems import Problems
from corpu.content.syntax import (
    ATX,
    BLOCK,
    BULLET,
    DEFINITION,
    FENCE,
    FORMULA,
    NUMBER,
    QUOTE,
    RULE,
    SETEXT,
    is_table,
    split_row,
    starts_block,
)

CALL_OUTS = (
    "note",
    "info",
    "tip",
    "important",
    "warning",
    "danger",
    "success",
    "example",
    "question",
    "quote",
)
MARKS = '"“”„‟'
BLOCK_LINE = re.compile(
    rf"(?P<mark>\?\?\?\+?|!!!)[ \t]+(?P<kind>[A-Za-z][\w-]*)"
    rf"(?:[ \t]+[{MARKS}](?P<title>.*)[{MARKS}])?[ \t]*"
)


@dataclass
class Scanner:
    """Scans one file, or a part of one; options and keys are taken out before (`questions.py`)."""

    path: str
    problems: Problems
    limits: Limits = field(default_factory=Limits)
    checks_allowed: bool = True
    headings_allowed: bool = True

    def report(self, code: str, line: int, /, **params: object) -> None:
        self.problems.add(code, self.path, line, **params)

    def scan(self, lines: list[Line], depth: int = 0) -> list[tree.Block]:
        """The blocks of these lines. `depth` counts lists, quotes and boxes around them."""
        if depth > self.limits.nesting:
            first = next((line.number for line in lines if not line.is_blank), 1)
            self.report("nesting-too-deep", first, limit=self.limits.nesting)
            return []
        blocks: list[tree.Block] = []
        index = 0
        apart = False
        while index < len(lines):
            if lines[index].is_blank:
                apart, index = bool(blocks), index + 1
                continue
            block, index = self._block(lines, index, depth, blocks)
            if block is not None:
                block.apart = apart
                blocks.append(block)
            apart = False
        return blocks

    def _block(
        self, lines: list[Line], index: int, depth: int, before: list[tree.Block]
    ) -> tuple[tree.Block | None, int]:
        line = lines[index]
        following = lines[index + 1] if index + 1 < len(lines) else None
        text = line.text
        if line.indent > 3:
            self.report("indented-code", line.number)
            return self._paragraph(lines, index, depth)
        if match := ATX.match(text):
            return self._heading(line, match, depth), index + 1
        if match := FENCE.match(text):
            return self._fence(lines, index, match)
        if FORMULA.match(text):
            return self._formula(lines, index)
        if BLOCK.match(text):
            return self._call_out(lines, index, depth)
        if RULE.match(text):
            return tree.Rule(line.number), index + 1
        if QUOTE.match(text):
            return self._quote(lines, index, depth)
        if BULLET.match(text) or NUMBER.match(text):
            return self._list(lines, index, depth)
        if is_table(line, following):
            return self._table(lines, index)
        if DEFINITION.match(text) and before and isinstance(before[-1], tree.Paragraph):
            return self._definitions(lines, index, depth, before)
        return self._paragraph(lines, index, depth)

    # ── leaves ────────────────────────────────────────────────────────────────────────────────

    def _leaf(self, text: str, line: int) -> str:
        """Look at a piece of running text; "" in its place where it is too long to be rendered."""
        limit = self.limits.paragraph_characters
        if len(text) > limit:
            self.report("paragraph-too-long", line, size=len(text), limit=limit)
            return ""
        inspect_leaf(text, line, self.path, self.problems)
        return text

    def _paragraph(
        self, lines: list[Line], index: int, depth: int
    ) -> tuple[tree.Block | None, int]:
        start = index
        parts = []
        while index < len(lines) and not lines[index].is_blank:
            line = lines[index]
            following = lines[index + 1] if index + 1 < len(lines) else None
            if index > start:
                if SETEXT.match(line.text):
                    self.report("setext-heading", line.number)
                    index += 1
                    break
                if starts_block(line, following) or DEFINITION.match(line.text):
                    break
            parts.append(line.text.lstrip())
            index += 1
        text = self._leaf("\n".join(parts).rstrip(), lines[start].number)
        return tree.Paragraph(lines[start].number, text), index

    def _heading(self, line: Line, match: re.Match[str], depth: int) -> tree.Block:
        text, attributes = split_attributes(
            match[2] or "", (), self.path, line.number, self.problems
        )
        bare = text.rstrip("#")
        if not bare or bare[-1] in " \t":
            text = bare
        text = text.strip()
        if depth or not self.headings_allowed:
            self.report("heading-nested", line.number)
        if not text:
            self.report("heading-empty", line.number)
        self._leaf(text, line.number)
        return tree.Heading(line.number, text, len(match[1]), attributes)

    def _fence(self, lines: list[Line], index: int, match: re.Match[str]) -> tuple[tree.Block, int]:
        fence, width = match[1], lines[index].indent
        end = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        code: list[str] = []
        for position in range(index + 1, len(lines)):
            if end.match(lines[position].text):
                info = match[2].strip()
                return tree.Fence(lines[index].number, info, "\n".join(code)), position + 1
            code.append(lines[position].dedent(width).text)
        self.report("unclosed-fence", lines[index].number, fence=fence)
        return tree.Fence(lines[index].number, match[2].strip(), "\n".join(code)), len(lines)

    def _formula(self, lines: list[Line], index: int) -> tuple[tree.Block, int]:
        first = lines[index]
        text = first.text.strip().removeprefix("$$")
        parts = []
        position = index
        while True:
            head, closed, rest = text.partition("$$")
            parts.append(head)
            if closed:
                if rest.strip():
                    self.report("unclosed-math", lines[position].number)
                return tree.Formula(first.number, "\n".join(parts).strip()), position + 1
            position += 1
            if position >= len(lines) or lines[position].is_blank:
                self.report("unclosed-math", first.number)
                return tree.Formula(first.number, ""), position
            text = lines[position].text.strip()

    # ── containers ────────────────────────────────────────────────────────────────────────────

    def _quote(self, lines: list[Line], index: int, depth: int) -> tuple[tree.Block, int]:
        first = lines[index].number
        inner = []
        while index < len(lines) and (match := QUOTE.match(lines[index].text)):
            inner.append(Line(lines[index].number, lines[index].text[match.end() :]))
            index += 1
        if index < len(lines) and not lines[index].is_blank:
            following = lines[index + 1] if index + 1 < len(lines) else None
            if not starts_block(lines[index], following) and not inner[-1].is_blank:
                self.report("lazy-quote", lines[index].number)
        return tree.Quote(first, self.scan(inner, depth + 1)), index

    def _list(self, lines: list[Line], index: int, depth: int) -> tuple[tree.Block, int]:
        first = lines[index]
        pattern = BULLET if BULLET.match(first.text) else NUMBER
        opening = pattern.match(first.text)
        assert opening is not None
        items: list[tree.Item] = []
        loose = False
        while index < len(lines):
            match = pattern.match(lines[index].text)
            if not match or RULE.match(lines[index].text):
                break
            own, after, blank_at_end = gather_item(lines, index, match)
            item = self._item(own, depth)
            loose = loose or any(child.apart for child in item.children)
            items.append(item)
            index = after
            following = pattern.match(lines[index].text) if index < len(lines) else None
            if following and blank_at_end:
                loose = True
        ordered = pattern is NUMBER
        start = int(opening[2]) if ordered else 1
        return tree.ListBlock(first.number, ordered, start, items, loose), index

    def _item(self, lines: list[Line], depth: int) -> tree.Item:
        task = lines[0].text.startswith("[ ]") and lines[0].text[3:4] in ("", " ", "\t")
        if task:
            lines = [Line(lines[0].number, lines[0].text[3:].lstrip()), *lines[1:]]
        return tree.Item(self.scan(lines, depth + 1), lines[0].number, task)

    def _call_out(self, lines: list[Line], index: int, depth: int) -> tuple[tree.Block | None, int]:
        line = lines[index]
        inner, after = gather_indented(lines, index + 1)
        is_check = re.match(r"\W*(?:check|cek)\b", line.text, re.IGNORECASE) is not None
        known = ("type",) if is_check else ()
        text, attributes = split_attributes(
            line.text.strip(), known, self.path, line.number, self.problems
        )
        match = BLOCK_LINE.fullmatch(text)
        if not match or (
            is_check and (match["mark"] != "???" or not (match["title"] or "").strip())
        ):
            self.report("broken-check" if is_check else "broken-block", line.number)
            return None, after
        kind = match["kind"].lower()
        if is_check and kind != "check":
            self.report("broken-check", line.number)
            return None, after
        if kind == "check":
            if depth or not self.checks_allowed:
                self.report("misplaced-check", line.number)
                return None, after
            return tree.CheckBlock(line.number, match["title"].strip(), attributes, inner), after
        if kind not in CALL_OUTS:
            self.report("unknown-block", line.number, kind=kind, known=", ".join(CALL_OUTS))
            return None, after
        if not inner:
            self.report("empty-block", line.number)
        title = match["title"].strip() if match["title"] is not None else None
        if title:
            self._leaf(title, line.number)
        mark = match["mark"]
        block = tree.CallOut(
            line.number,
            kind,
            mark != "!!!",
            mark == "???+",
            title,
            attributes,
            self.scan(inner, depth + 1),
        )
        return block, after

    def _table(self, lines: list[Line], index: int) -> tuple[tree.Block, int]:
        first = lines[index]
        aligns = [_align(cell) for cell in split_row(lines[index + 1].text)]
        rows, numbers = [split_row(first.text)], [first.number]
        index += 2
        while (
            index < len(lines) and "|" in lines[index].text and not QUOTE.match(lines[index].text)
        ):
            rows.append(split_row(lines[index].text))
            numbers.append(lines[index].number)
            index += 1
        width = len(rows[0])
        aligns = (aligns + [""] * width)[:width]
        for row, number in zip(rows, numbers, strict=True):
            row[:] = (row + [""] * width)[:width] if len(row) <= width else row
            for cell in row:
                self._leaf(cell, number)
        rows = [row[:width] for row in rows]
        return tree.Table(first.number, rows, numbers, aligns), index

    def _definitions(
        self, lines: list[Line], index: int, depth: int, before: list[tree.Block]
    ) -> tuple[tree.Block | None, int]:
        paragraph = before.pop()
        assert isinstance(paragraph, tree.Paragraph)
        terms: list[tree.Leaf] = [
            tree.Leaf(paragraph.line + offset, text)
            for offset, text in enumerate(paragraph.text.split("\n"))
        ]
        meanings: list[list[tree.Block]] = []
        while True:
            match = DEFINITION.match(lines[index].text)
            if not match:
                break
            own = [Line(lines[index].number, lines[index].text[match.end() :])]
            inner, index = gather_indented(lines, index + 1)
            meanings.append(self.scan(own + inner, depth + 1))
            ahead = index
            while ahead < len(lines) and lines[ahead].is_blank:
                ahead += 1
            if ahead >= len(lines) or not DEFINITION.match(lines[ahead].text):
                break
            index = ahead
        previous = before[-1] if before else None
        group = (terms, meanings)
        if isinstance(previous, tree.Definitions):
            previous.groups.append(group)
            return None, index
        return tree.Definitions(paragraph.line, [group]), index


def _align(cell: str) -> str:
    left, right = cell.startswith(":"), cell.endswith(":")
    return "center" if left and right else "left" if left else "right" if right else ""
