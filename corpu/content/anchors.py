"""Names inside of one page: anchors of headings, and the definitions that all fragments share."""

from corpu.content import tree
from corpu.content.blocks import Scanner
from corpu.content.gather import gather_indented
from corpu.content.lines import Line, slugify
from corpu.content.questions import verbatim
from corpu.content.render import Definitions, Footnote
from corpu.content.syntax import FOOTNOTE, REFERENCE


def take_definitions(lines: list[Line], scanner: Scanner) -> tuple[list[Line], Definitions]:
    """Take `[ref]: url` and `[^note]: …` out; they belong to the whole page."""
    definitions = Definitions()
    rest: list[Line] = []
    marks = verbatim(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        reference = None if marks[index] else REFERENCE.match(line.text)
        footnote = None if marks[index] else FOOTNOTE.match(line.text)
        index += 1
        if reference:
            label = " ".join(reference[1].lower().split())
            if label in definitions.references:
                scanner.report("footnote-duplicate", line.number, label=reference[1])
            title = next((part for part in reference.group(3, 4, 5) if part), "")
            definitions.references[label] = (reference[2], title)
            rest.append(Line(line.number, ""))
        elif footnote:
            inner, index = gather_indented(lines, index)
            if footnote[1] in definitions.footnotes:
                scanner.report("footnote-duplicate", line.number, label="^" + footnote[1])
            blocks = scanner.scan([Line(line.number, footnote[2] or ""), *inner], 1)
            definitions.footnotes[footnote[1]] = Footnote(line.number, blocks)
            rest.append(Line(line.number, ""))
        else:
            rest.append(line)
    return rest, definitions


def place_anchors(
    blocks: list[tree.Block], scanner: Scanner, anchors: set[str], before: int = 1
) -> None:
    """Give each heading its anchor, and check that no level is skipped."""
    for block in blocks:
        if isinstance(block, tree.CallOut) and block.attributes.id:
            _own_anchor(block.attributes.id, block.line, scanner, anchors)
        if not isinstance(block, tree.Heading):
            continue
        if block.level == 1:
            scanner.report("heading-one", block.line)
        elif block.level > before + 1:
            scanner.report(
                "heading-skipped",
                block.line,
                level="#" * block.level,
                before="#" * before,
                wanted="#" * (before + 1),
            )
        before = max(block.level, 2)
        if block.attributes.id:
            block.anchor = block.attributes.id
            _own_anchor(block.anchor, block.line, scanner, anchors)
    counts: dict[str, int] = {}
    for block in blocks:
        if isinstance(block, tree.Heading) and not block.anchor:
            base = slugify(block.text, "bagian")
            name = base
            while name in anchors:
                counts[base] = counts.get(base, 1) + 1
                name = f"{base}-{counts[base]}"
            block.anchor = name
            anchors.add(name)


def _own_anchor(anchor: str, line: int, scanner: Scanner, anchors: set[str]) -> None:
    if anchor in anchors:
        scanner.report("duplicate-anchor", line, id=anchor)
    anchors.add(anchor)
