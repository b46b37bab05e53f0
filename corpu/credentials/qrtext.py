"""Texts as few bits: the prefix code of the QR payload, version 1.

`corpu/data/qr_words.json` lists 512 words, letters and parts of words by the length of their
codes; the codes themselves follow from that (a canonical Huffman code, as in RFC 1951, 3.2.2). A
letter that the table lacks is written by its place in a page of 128 letters of Unicode, so that
a name in Javanese or Arabic letters takes a byte a letter. The table is frozen: another table is
another version of the payload.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

WORDS = Path(__file__).parents[1] / "data" / "qr_words.json"
END, CUT, RUN = "\0", "\1", "\2"  # a text ends; ends where it was cut; letters by their page
MARKS = (END, CUT, RUN)
PAGE_BITS, PLACE_BITS = 14, 7
LONGEST = 300  # letters of one text: what no certificate has is not read either


class Bits:
    """Bits put after one another, the first the highest of its byte."""

    def __init__(self) -> None:
        self.value, self.length = 0, 0

    def add(self, value: int, width: int) -> None:
        self.value, self.length = self.value << width | value, self.length + width

    def to_bytes(self) -> bytes:
        idle = -self.length % 8
        return (self.value << idle).to_bytes((self.length + idle) // 8, "big")


class Reader:
    """Takes bits as `Bits` put them. Raises ValueError where none is left."""

    def __init__(self, data: bytes) -> None:
        self.value, self.left = int.from_bytes(data, "big"), len(data) * 8

    def take(self, width: int) -> int:
        if width > self.left:
            raise ValueError("the bits end too early")
        self.left -= width
        return self.value >> self.left & (1 << width) - 1

    def end(self) -> None:
        """Nothing but the zeros that fill the last byte may be left."""
        if self.left > 7 or self.value & (1 << self.left) - 1:
            raise ValueError("bits are left over")


@cache
def codes() -> dict[str, tuple[int, int]]:
    """Each word with its code and the code's length: shorter codes first, and among those of
    one length in the order of the table."""
    made, code, before = {}, 0, 0
    for length, words in sorted(
        (int(length), words) for length, words in json.loads(WORDS.read_text("utf-8")).items()
    ):
        code <<= length - before
        for word in words:
            made[word] = (code, length)
            code += 1
        before = length
    return made


@cache
def _words() -> dict[tuple[int, int], str]:
    return {code: word for word, code in codes().items()}


def write_text(bits: Bits, text: str, *, cut: bool = False) -> None:
    """The shortest writing of a text, and its end."""
    table = codes()
    for part in _parts(text):
        if part in _lengths():
            bits.add(*table[part])
            continue
        bits.add(*table[RUN])
        bits.add(ord(part[0]) >> PLACE_BITS, PAGE_BITS)
        for letter in part:
            bits.add(1 << PLACE_BITS | ord(letter) & 127, 1 + PLACE_BITS)
        bits.add(0, 1)
    bits.add(*table[CUT if cut else END])


def read_text(reader: Reader) -> tuple[str, bool]:
    """A text and whether it was cut. Raises ValueError for what `write_text` does not write."""
    read: list[str] = []
    letters = 0
    while letters <= LONGEST:
        word = _word(reader)
        if word in (END, CUT):
            return "".join(read), word == CUT
        if word == RUN:
            page, word = reader.take(PAGE_BITS), ""
            while reader.take(1):
                word += chr(page << PLACE_BITS | reader.take(PLACE_BITS))
            word.encode()  # halves of a pair are no letters: UnicodeError is a ValueError
        read.append(word)
        letters += len(word)
    raise ValueError("a text beyond all measure")


def _word(reader: Reader) -> str:
    code = 0
    for length in range(1, 17):
        code = code << 1 | reader.take(1)
        if (word := _words().get((code, length))) is not None:
            return word
    raise ValueError("no such word")


def prefix_bits(text: str) -> list[int]:
    """How many bits the text's first 0, 1, 2 … letters take, without the mark of their end."""
    return _shortest(text)[0]


def end_bits(*, cut: bool) -> int:
    """How many bits the mark of an end takes."""
    return codes()[CUT if cut else END][1]


def _parts(text: str) -> list[str]:
    """Divide a text into words of the table and runs of one page so that its bits are fewest."""
    back = _shortest(text)[1]
    parts, end = [], len(text)
    while end:
        parts.append(text[back[end] : end])
        end = back[end]
    return parts[::-1]


def _shortest(text: str) -> tuple[list[int], list[int]]:
    """For each prefix the fewest bits, and where its last part begins."""
    table, longest = _lengths(), _longest()
    best, back = [0] + [1 << 30] * len(text), [0] * (len(text) + 1)

    def reach(start: int, end: int, cost: int) -> None:
        if best[start] + cost < best[end]:
            best[end], back[end] = best[start] + cost, start

    for start, first in enumerate(text):
        for end in range(start + 1, min(len(text), start + longest) + 1):
            if (length := table.get(text[start:end])) is not None:
                reach(start, end, length)
        if first in table:
            continue
        cost = codes()[RUN][1] + PAGE_BITS + 1
        for end in range(start + 1, len(text) + 1):
            letter = text[end - 1]
            if letter in table or ord(letter) >> PLACE_BITS != ord(first) >> PLACE_BITS:
                break
            cost += 1 + PLACE_BITS
            reach(start, end, cost)
    return best, back


@cache
def _lengths() -> dict[str, int]:
    """The words a text may hold, with the lengths of their codes."""
    return {word: length for word, (_, length) in codes().items() if word not in MARKS}


@cache
def _longest() -> int:
    return max(map(len, _lengths()))


@dataclass(frozen=True)
class CutPoint:
    """Where a text may be cut: after so many letters, at this index."""

    letters: int
    end: int


def cut_points(text: str) -> list[CutPoint]:
    """The ends of all letters as people see them: a consonant with its vowel signs is one
    (extended grapheme clusters, UAX #29). No point lies behind a blank."""
    return [CutPoint(0, 0)] + [
        CutPoint(count, found.end())
        for count, found in enumerate(regex.finditer(r"\X", text), start=1)
        if not found[0].isspace()
    ]
