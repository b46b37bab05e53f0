"""How the lines of our Markdown look: the patterns that the scanner goes by."""

import re

from corpu.content.lines import Line

ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")
FORMULA = re.compile(r" {0,3}\$\$")
BLOCK = re.compile(r" {0,3}(\?{2,}\+?|!{2,})(?!\[)")
"""Lines that open a call-out or check, and those that look as if they meant to."""
RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
SETEXT = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
QUOTE = re.compile(r" {0,3}>[ ]?")
BULLET = re.compile(r"( {0,3})([-*+])(?:[ \t]+(.*)|[ \t]*)$")
NUMBER = re.compile(r"( {0,3})(\d{1,9})[.)](?:[ \t]+(.*)|[ \t]*)$")
DEFINITION = re.compile(r" {0,3}:[ \t]+(?=\S)")
TABLE_CELL = re.compile(r"[ \t]*:?-+:?[ \t]*")
OPTION = re.compile(r" {0,3}[-*+][ \t]+\[([ xX])\](?:[ \t]+(.*)|[ \t]*)$")
TICKED = re.compile(r"\[[ \t]*[xX✓✔√][ \t]*\](?![(\[:])")
"""A tick, well or badly written: outside of answers it would show the key."""
ODD_OPTION = re.compile(
    r"[ \t]*(?:[-*+][ \t]*\[(?:[ \t]*[xXvV✓✔√*+-][ \t]*|[ \t]*)\]"
    r"|\d{1,9}[.)][ \t]+\[[ xX]\]|\[[ xX]\])(?![(\[:])"
)
KEY = re.compile(r" {0,3}=(?!=)[ \t]*(.*)$")
ODD_KEY = re.compile(r"[ \t]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?=(?!=)")
QUESTION_MARKS = re.compile(r"\?{2,3}\+?[ \t]*check\b|!{2,3}[ \t]*check\b", re.IGNORECASE)
REFERENCE = re.compile(
    r" {0,3}\[(?!\^)([^\[\]\n]+)\]:[ \t]*<?([^\s<>]+)>?"
    r"(?:[ \t]+(?:\"([^\"]*)\"|'([^']*)'|\(([^)]*)\)))?[ \t]*$"
)
FOOTNOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:(?:[ \t]+(.*)|[ \t]*)$")
TICKS = re.compile(r"\\+.|`+", re.DOTALL)


def is_table(line: Line, following: Line | None) -> bool:
    """A head row with a rule below it; one of the two has a bar."""
    return (
        following is not None
        and "|" in line.text
        and "-" in following.text
        and ("|" in following.text or ":" in following.text)
        and is_table_rule(following.text)
    )


def is_table_rule(text: str) -> bool:
    cells = text.strip().removeprefix("|").removesuffix("|").split("|")
    return all(TABLE_CELL.fullmatch(cell) for cell in cells)


def starts_block(line: Line, following: Line | None) -> bool:
    """Whether this line ends a paragraph before it. A number does so only with 1 or with 0."""
    text = line.text
    if line.indent > 3:
        return False
    number = NUMBER.match(text)
    return bool(
        ATX.match(text)
        or FENCE.match(text)
        or FORMULA.match(text)
        or BLOCK.match(text)
        or QUOTE.match(text)
        or RULE.match(text)
        or (BULLET.match(text) and not SETEXT.match(text))
        or (number and number[2] in ("0", "1") and number[3])
        or is_table(line, following)
    )


def without_code(text: str) -> str:
    """The text with code spans and their content blanked out, of equal length and lines."""
    if "`" not in text:
        return text
    runs = [
        (match.start(), match.end() - match.start())
        for match in TICKS.finditer(text)
        if match[0][0] == "`"
    ]
    places: dict[int, list[int]] = {}
    for start, length in reversed(runs):
        places.setdefault(length, []).append(start)
    pieces, done = [], 0
    for start, length in runs:
        later = places[length]
        while later and later[-1] < max(done, start + 1):
            later.pop()
        if start < done or not later:
            continue
        end = later[-1] + length
        pieces += [text[done:start], re.sub(r"[^\n]", " ", text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def split_row(text: str) -> list[str]:
    """The cells of a table row; `\\|` and bars inside of code or mathematics do not divide."""
    masked = re.sub(
        r"\\.|(?<![\w$\\])\$(?![\s\d])[^$\n]*?\S\$(?!\w)",
        lambda match: "x" * len(match[0]),
        without_code(text),
    )
    body_start = len(text) - len(text.lstrip())
    body_end = len(text.rstrip())
    start = body_start + 1 if masked[body_start : body_start + 1] == "|" else body_start
    end = body_end - 1 if body_end > start and masked[body_end - 1 : body_end] == "|" else body_end
    cells = []
    while True:
        bar = masked.find("|", start, end)
        if bar < 0:
            cells.append(text[start:end])
            break
        cells.append(text[start:bar])
        start = bar + 1
    return [cell.strip().replace("\\|", "|") for cell in cells]
