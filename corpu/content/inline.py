"""Python-Markdown as the renderer of running text, without its processors of HTML."""

import re
from collections.abc import Callable
from functools import lru_cache
from xml.etree import ElementTree as ET

import latex2mathml.converter
from markdown import Markdown
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.inlinepatterns import InlineProcessor

from corpu.content.lines import IDENTIFIER, parse_attributes
from corpu.content.problems import Phrase
from corpu.errors import N_

DOLLARS = r"(?<![\w\\$])(?P<mark>\$\$?)(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)(?P=mark)(?![\w$])"
NOTE = r"(?<!\\)\[\^([^\]\s]+)\]"
FORMULA_LENGTH = 2_000

Report = Callable[..., None]
Found = tuple[ET.Element | str | None, int | None, int | None]


class FormulaRefused(Exception):
    """A formula that cannot be shown; `reason` is for the author."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


@lru_cache(maxsize=2_000)
def mathml(latex: str, *, block: bool) -> str:
    """The formula as MathML, which browsers show without a script.

    Raises FormulaRefused where it is too long, unbalanced, or names an unknown command.
    """
    if len(latex) > FORMULA_LENGTH:
        reason = N_("paling panjang %(limit)s karakter")
        raise FormulaRefused(Phrase(reason, {"limit": FORMULA_LENGTH}))
    if not latex.strip():
        raise FormulaRefused(Phrase(N_("rumusnya kosong")))
    if latex.count("{") > 100 or latex.count("\\left") > 50 or latex.count("\\begin") > 20:
        raise FormulaRefused(Phrase(N_("terlalu banyak kurung")))
    try:
        # the converter writes the text of \text{…} as it is: a blank keeps < from opening a tag
        source = re.sub(r"<(?=[A-Za-z/!?])", "< ", latex)
        result = latex2mathml.converter.convert(source, display="block" if block else "inline")
    except Exception as error:  # the converter has many exceptions, none of them about our side
        raise FormulaRefused(Phrase(N_("kurung atau perintahnya tidak lengkap"))) from error
    if unknown := re.search(r">(\\[A-Za-z]+)<", result):
        reason = N_("perintah %(command)s tidak dikenal")
        raise FormulaRefused(Phrase(reason, {"command": unknown[1]}))
    return result


class FormulaProcessor(InlineProcessor):
    """`$…$`, but not `US$5 … US$7`: no letter or digit may stand before it or after it."""

    def __init__(self, md: Markdown, report: Report) -> None:
        super().__init__(DOLLARS, md)
        self.report = report

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # noqa: N802 - Markdown's name
        latex = m[2]
        try:
            html = mathml(latex, block=m["mark"] == "$$")
        except FormulaRefused as refused:
            self.report("math-invalid", latex, formula=latex, reason=refused.reason)
            return None, None, None
        return self.md.htmlStash.store(html), m.start(0), m.end(0)


class NoteProcessor(InlineProcessor):
    """`[^label]`: asks `number` for the number of the note and the ids of both ends."""

    def __init__(self, md: Markdown, number: Callable[[str], tuple[int, str, str] | None]) -> None:
        super().__init__(NOTE, md)
        self.number = number

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # noqa: N802 - Markdown's name
        found = self.number(m[1])
        if found is None:
            return None, None, None
        number, own_id, note_id = found
        sup = ET.Element("sup", {"id": own_id})
        link = ET.SubElement(sup, "a", {"href": f"#{note_id}", "class": "footnote-ref"})
        link.text = str(number)
        return sup, m.start(0), m.end(0)


class AttributeProcessor(AttrListTreeprocessor):
    """`{#id .class}` after a piece of text; every other attribute is a problem, not HTML."""

    BASE_RE = r"\{:?[ ]*([^\}\n ][^\}\n]*)\}"
    HEADER_RE = re.compile(r"[ ]+" + BASE_RE + r"[ ]*$")
    BLOCK_RE = re.compile(r"\n[ ]*" + BASE_RE + r"[ ]*$")
    INLINE_RE = re.compile(r"^" + BASE_RE)

    def __init__(self, md: Markdown, report: Report) -> None:
        super().__init__(md)
        self.report = report

    def assign_attrs(self, elem: ET.Element, attrs_string: str, *, strict: bool = False) -> str:
        found = parse_attributes(attrs_string.strip())
        if found is None or found.values:
            text = "{" + attrs_string + "}"
            self.report("bad-attribute", attrs_string, text=text, known="#id, .kelas")
        elif found.id and not IDENTIFIER.fullmatch(found.id):
            self.report("bad-id", found.id, id=found.id)
        else:
            if found.id:
                elem.set("id", found.id)
            if found.classes:
                elem.set("class", " ".join([elem.get("class", ""), *found.classes]).strip())
        return ""


def make_markdown(report: Report, number: Callable[[str], tuple[int, str, str] | None]) -> Markdown:
    """A Markdown that renders inline text; blocks are built by `render.Renderer`."""
    md = Markdown(output_format="html")
    for registry, names in (
        (md.preprocessors, ("normalize_whitespace", "html_block")),
        (md.inlinePatterns, ("html",)),
        (md.treeprocessors, ("prettify",)),
    ):
        for name in names:
            registry.deregister(name)
    md.inlinePatterns.register(FormulaProcessor(md, report), "formula", 185)
    md.inlinePatterns.register(NoteProcessor(md, number), "note", 175)
    md.treeprocessors.register(AttributeProcessor(md, report), "attributes", 8)
    md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$", "|", "~", ":", "<", '"', "'", "=", "?"]
    return md
