"""Which letters our fonts can print; asked before a number is spent on a document.

`corpu/fonts/letters.json` lists the ranges of code points that the font files beside it hold (a
test compares the two). Names are written in Latin letters as a rule, but agencies of Yogyakarta,
Bali and Central Java also write their own scripts.
"""

import json
import unicodedata
from bisect import bisect_right
from functools import cache

from corpu.typesetting import FONTS


def unprintable(text: str) -> list[str]:
    """The letters of `text` that no font of ours has, each once, in order."""
    if text.isascii() and text.isprintable():  # every font of ours has those; a test says so
        return []
    starts, ranges = _ranges()
    missing = {}
    for letter in text:
        place = bisect_right(starts, ord(letter)) - 1
        known = place >= 0 and ord(letter) <= ranges[place][1]
        if not known and not letter.isspace() and unicodedata.category(letter) != "Cf":
            missing[letter] = True
    return list(missing)


@cache
def _ranges() -> tuple[list[int], list[list[int]]]:
    ranges = json.loads((FONTS / "letters.json").read_text())
    return [first for first, _ in ranges], ranges
