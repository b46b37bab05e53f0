"""Which lines belong to a list item, a box or a definition: those that are indented under it."""

import re

from corpu.content.lines import Line
from corpu.content.syntax import ATX, DEFINITION, FENCE, NUMBER, SETEXT, starts_block


def gather_indented(lines: list[Line], index: int) -> tuple[list[Line], int]:
    """The lines from here that are indented by two blanks or more, without that indentation."""
    end = index
    for position in range(index, len(lines)):
        if lines[position].is_blank:
            continue
        if lines[position].indent < 2:
            break
        end = position + 1
    inner = lines[index:end]
    width = next((line.indent for line in inner if not line.is_blank), 0)
    return [line.dedent(min(width, 4)) for line in inner], end


def gather_item(
    lines: list[Line], index: int, match: re.Match[str]
) -> tuple[list[Line], int, bool]:
    """The lines of one list item without its marker and indentation, the index after it, and
    whether blank lines stand before what comes next."""
    margin = len(match[1])
    own = Line(lines[index].number, match[3] or "")
    position = end = index + 1
    while position < len(lines):
        line = lines[position]
        following = lines[position + 1] if position + 1 < len(lines) else None
        if line.is_blank:
            position += 1
            continue
        last = own if position == index + 1 else lines[position - 1]
        lazy = position == end and _continues(line, following, last)
        if line.indent < margin + 2 and not lazy:
            break
        position += 1
        end = position
    rest = lines[index + 1 : end]
    width = next(
        (line.indent for line in rest if not line.is_blank and line.indent >= margin + 2), 0
    )
    return [own, *(line.dedent(width) for line in rest)], end, position > end


def _continues(line: Line, following: Line | None, last: Line) -> bool:
    """Whether an unindented line goes on with the paragraph above, as hard-wrapped text does."""
    return bool(
        not last.is_blank
        and not starts_block(line, following)
        and not NUMBER.match(line.text)
        and not SETEXT.match(line.text)
        and not DEFINITION.match(line.text)
        and not FENCE.match(last.text.lstrip())
        and not ATX.match(last.text.lstrip())
        and "|" not in last.text
    )
