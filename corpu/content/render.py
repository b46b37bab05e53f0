"""Trees of blocks as HTML: structure built here, running text by Python-Markdown, nh3 last."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from markdown.util import AtomicString

from corpu.content import tree
from corpu.content.code import highlight
from corpu.content.figures import Figures
from corpu.content.html import clean
from corpu.content.inline import FormulaRefused, make_markdown, mathml
from corpu.content.links import Links
from corpu.content.problems import Problems
from corpu.content.syntax import without_code
from corpu.content.words import words

UNDEFINED = re.compile(r"(?<!\\)\]\[([^\]\[\n^]+)\]")


MARKS = re.compile(r"[*_`$]")  # of emphasis, code and formulas, in the words of a column


@dataclass
class Footnote:
    line: int
    blocks: list[tree.Block]


@dataclass
class Definitions:
    """`[ref]: url` and `[^note]: …` of a page: all its fragments see them."""

    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    footnotes: dict[str, Footnote] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


class Renderer:
    """Renders the fragments of any number of files, one file at a time (`open`)."""

    def __init__(self, links: Links, problems: Problems, language: str) -> None:
        self.problems = problems
        self.words = words(language)
        self.md = make_markdown(self._report_text, self._number)
        self.figures = Figures(links, self._report_leaf, self.words)
        self.open("course.md", Definitions(), {})

    def open(self, path: str, definitions: Definitions, lines: dict[int, str]) -> None:
        """Go on with another file; `lines` are its lines by number, to find places in."""
        self.path = path
        self.definitions = definitions
        self.lines = lines
        self.figures.path = path
        self.md.reset()
        for label, reference in definitions.references.items():
            self.md.references[label] = reference

    # ── what callers ask for ──────────────────────────────────────────────────────────────────

    def groups(self, groups: Sequence[Sequence[tree.Block]], prefix: str = "isi-") -> list[str]:
        """The HTML of each group; footnotes are numbered through, and stand in the last one."""
        self.md.htmlStash.reset()
        roots = []
        for blocks in groups:
            root = ET.Element("div")
            self._fill(root, blocks, tight=False)
            roots.append(root)
        return self._finish(roots, prefix)

    def blocks(self, blocks: Sequence[tree.Block], prefix: str) -> str:
        return self.groups([blocks], prefix)[0]

    def inline(self, text: str, line: int, prefix: str) -> str:
        """One line of text without a paragraph around it, for titles and cells."""
        html = self.blocks([tree.Paragraph(line, text)], prefix)
        return unwrap(html)

    # ── the passes of one fragment ────────────────────────────────────────────────────────────

    def _finish(self, roots: list[ET.Element], prefix: str) -> list[str]:
        self.notes: list[str] = []
        self.note_numbers: dict[str, int] = {}
        self.note_references: dict[str, int] = {}
        try:
            for root in roots:
                self._process(root, prefix)
            if self.notes:
                if not roots:
                    roots.append(ET.Element("div"))
                roots[-1].append(self._notes(prefix))
            return [self._serialise(root) for root in roots]
        except RecursionError:
            first = min((leaf.line for leaf in self.figures.leaves.values()), default=1)
            self.problems.add("nesting-too-deep", self.path, first, limit=20)
            return ["" for _ in roots]
        finally:
            self.figures.leaves.clear()

    def _process(self, root: ET.Element, prefix: str) -> None:
        for processor in self.md.treeprocessors:
            if processor is self.md.treeprocessors["unescape"]:
                self.figures.run(root, prefix)
            processor.run(root)

    def _serialise(self, root: ET.Element) -> str:
        html = self.md.serializer(root)
        html = html[html.index(">") + 1 : html.rindex("</div>")]
        for processor in self.md.postprocessors:
            html = processor.run(html)
        return clean(html)

    def _notes(self, prefix: str) -> ET.Element:
        section = ET.Element("div", {"class": "footnotes"})
        notes = ET.SubElement(section, "ol")
        done = 0
        while done < len(self.notes):  # a note may name another one
            label = self.notes[done]
            done += 1
            holder = ET.Element("div")
            item = ET.SubElement(holder, "li", {"id": f"fn-{done}"})
            self._fill(item, self.definitions.footnotes[label].blocks, tight=False)
            self._process(holder, prefix)
            notes.append(item)
            last = item[-1] if len(item) and item[-1].tag == "p" else ET.SubElement(item, "p")
            if len(last):
                last[-1].tail = f"{last[-1].tail or ''} "
            elif last.text:
                last.text += " "
            back = ET.SubElement(last, "a", {"class": "footnote-backref"})
            back.set("href", f"#{prefix}fnref-{done}-1")
            back.set("aria-label", f"{self.words['back']} {done}")
            back.text = "↩"
        return section

    def _number(self, label: str) -> tuple[int, str, str] | None:
        if label not in self.definitions.footnotes:
            self._report_text("footnote-undefined", f"[^{label}]", label=label)
            return None
        self.definitions.used.add(label)
        if label not in self.note_numbers:
            self.notes.append(label)
            self.note_numbers[label] = len(self.notes)
        number = self.note_numbers[label]
        count = self.note_references[label] = self.note_references.get(label, 0) + 1
        return number, f"fnref-{number}-{count}", f"fn-{number}"

    # ── problems at their lines ───────────────────────────────────────────────────────────────

    def _report_text(self, code: str, needle: str, /, **params: object) -> None:
        if self.problems.is_full:
            return  # looking for the place of each of ten thousand would take minutes
        first_line = needle.split("\n")[0]
        line = next((n for n, text in self.lines.items() if first_line in text), 1)
        self.problems.add(code, self.path, line, **params)

    def _report_leaf(
        self, code: str, leaf: tree.Leaf | None, needle: str, /, **params: object
    ) -> None:
        if leaf is None:
            self._report_text(code, needle, **params)
            return
        offset = leaf.text.count("\n", 0, max(leaf.text.find(needle), 0))
        self.problems.add(code, self.path, leaf.line + offset, **params)

    # ── building ──────────────────────────────────────────────────────────────────────────────

    def _fill(self, parent: ET.Element, blocks: Sequence[tree.Block], *, tight: bool) -> None:
        for block in blocks:
            if tight and isinstance(block, tree.Paragraph) and not len(parent) and not parent.text:
                self._text(parent, block)
            else:
                build = self.BUILDERS.get(type(block))
                if build:
                    build(self, parent, block)

    def _text(self, element: ET.Element, leaf: tree.Leaf) -> ET.Element:
        element.text = leaf.text
        self.figures.leaves[element] = leaf
        for match in UNDEFINED.finditer(without_code(leaf.text)):
            label = " ".join(leaf.text[match.start(1) : match.end(1)].lower().split())
            if label not in self.definitions.references:
                self._report_leaf("reference-undefined", leaf, match[0], label=label)
        return element

    def _stash(self, parent: ET.Element, html: str) -> None:
        holder = ET.SubElement(parent, "p")
        holder.text = AtomicString(self.md.htmlStash.store(html))

    def _paragraph(self, parent: ET.Element, block: tree.Paragraph) -> None:
        self._text(ET.SubElement(parent, "p"), block)

    def _heading(self, parent: ET.Element, block: tree.Heading) -> None:
        level = min(max(block.level, 2), 6)
        heading = self._text(ET.SubElement(parent, f"h{level}"), block)
        if block.anchor:
            heading.set("id", block.anchor)
        if block.attributes.classes:
            heading.set("class", " ".join(block.attributes.classes))

    def _fence(self, parent: ET.Element, block: tree.Fence) -> None:
        self._stash(parent, highlight(block.code, block.info))

    def _formula(self, parent: ET.Element, block: tree.Formula) -> None:
        try:
            html = mathml(block.latex, block=True)
        except FormulaRefused as refused:
            self.problems.add(
                "math-invalid",
                self.path,
                block.line,
                formula=block.latex,
                reason=refused.reason,
            )
            return
        label = self.words["formula"]
        self._stash(
            parent,
            '<div class="scroll formula" role="group" tabindex="0" '
            f'aria-label="{label}">{html}</div>',
        )

    def _rule(self, parent: ET.Element, block: tree.Rule) -> None:
        ET.SubElement(parent, "hr")

    def _quote(self, parent: ET.Element, block: tree.Quote) -> None:
        self._fill(ET.SubElement(parent, "blockquote"), block.children, tight=False)

    def _list(self, parent: ET.Element, block: tree.ListBlock) -> None:
        element = ET.SubElement(parent, "ol" if block.ordered else "ul")
        if block.ordered and block.start != 1:
            element.set("start", str(block.start))
        if any(item.is_task for item in block.items):
            element.set("class", "task-list")
        for item in block.items:
            entry = ET.SubElement(element, "li")
            if item.is_task:
                entry.set("class", "task")
            self._fill(entry, item.children, tight=not block.loose)

    def _table(self, parent: ET.Element, block: tree.Table) -> None:
        around = ET.SubElement(parent, "div", {"class": "scroll", "role": "group", "tabindex": "0"})
        around.set("aria-label", self.words["table"])
        # On a phone each row becomes a card: the roles say that it is still a table, and each
        # cell repeats the words of its column.
        table = ET.SubElement(around, "table", {"class": "to-cards", "role": "table"})
        head, *rows = zip(block.cells, block.lines, strict=True)
        top = ET.SubElement(ET.SubElement(table, "thead", {"role": "rowgroup"}), "tr")
        top.set("role", "row")
        for text, align in zip(head[0], block.aligns, strict=True):
            words = {"role": "columnheader", "scope": "col"} if text else {"role": "cell"}
            self._cell(top, "th" if text else "td", words, align, text, head[1])
        labels = [MARKS.sub("", text) for text in head[0]]
        body = ET.SubElement(table, "tbody", {"role": "rowgroup"})
        for cells, number in rows:
            line = ET.SubElement(body, "tr", {"role": "row"})
            for place, (text, align) in enumerate(zip(cells, block.aligns, strict=True)):
                if place == 0 and text:
                    words = {"role": "rowheader", "scope": "row"}
                    self._cell(line, "th", words, align, text, number)
                    continue
                words = {"role": "cell", "class": "right" if align == "right" else "full"}
                if labels[place]:
                    words["data-label"] = labels[place]
                self._cell(line, "td", words, align, text, number)

    def _cell(
        self,
        parent: ET.Element,
        tag: str,
        words: dict[str, str],
        align: str,
        text: str,
        number: int,
    ) -> None:
        cell = ET.SubElement(parent, tag, words)
        if align:
            cell.set("align", align)
        self._text(cell, tree.Leaf(number, text))

    def _definitions(self, parent: ET.Element, block: tree.Definitions) -> None:
        element = ET.SubElement(parent, "dl")
        for terms, meanings in block.groups:
            for term in terms:
                self._text(ET.SubElement(element, "dt"), term)
            for blocks in meanings:
                simple = len(blocks) == 1
                self._fill(ET.SubElement(element, "dd"), blocks, tight=simple)

    def _call_out(self, parent: ET.Element, block: tree.CallOut) -> None:
        title = self.words[block.kind] if block.title is None else block.title
        tag = "details" if block.foldable else "div"
        box = ET.SubElement(parent, tag)
        box.set("class", " ".join(["callout", f"callout-{block.kind}", *block.attributes.classes]))
        if block.attributes.id:
            box.set("id", block.attributes.id)
        if block.is_open:
            box.set("open", "open")
        if block.foldable:
            self._text(
                ET.SubElement(box, "summary"),
                tree.Leaf(block.line, title or self.words[block.kind]),
            )
        elif title:
            head = ET.SubElement(box, "p", {"class": "callout-title"})
            self._text(head, tree.Leaf(block.line, title))
        self._fill(box, block.children, tight=False)

    BUILDERS: dict[type, Callable[..., None]] = {
        tree.Paragraph: _paragraph,
        tree.Heading: _heading,
        tree.Fence: _fence,
        tree.Formula: _formula,
        tree.Rule: _rule,
        tree.Quote: _quote,
        tree.ListBlock: _list,
        tree.Table: _table,
        tree.Definitions: _definitions,
        tree.CallOut: _call_out,
    }


def unwrap(html: str) -> str:
    """`<p>text</p>` as text, where that one paragraph is all there is."""
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html[3:-4]
    return html
