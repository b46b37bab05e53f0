"""Hostile and careless sizes: an answer within seconds, whatever is pasted."""

import time

import pytest

from corpu.content.code import COLOURED, LONGEST, highlight
from tests.content.build import PAGE, QUIZ, compiled, page_file, quiz_file

KILOBYTES = 64 * 1024


def lines(piece: str, width: int = 4_000) -> str:
    line = (piece * (width // len(piece) + 1))[:width]
    return "\n".join(["", *[line, line, line, ""] * (KILOBYTES // (3 * width + 4))])


def repeated(piece: str) -> str:
    return piece * (KILOBYTES // len(piece))


REFUSED = {
    "emphasis in emphasis": "*a _b " * 800 + "\n" + "b_ a*" * 800,
    "20,000 brackets": "[" * 20_000,
    "brackets on many lines": lines("["),
    "10 MB": "a " * 5_000_000,
    "a deep quote": "".join(">" * depth + " a\n" for depth in range(1, 300)),
    "a deep list": "".join("  " * depth + "- a\n" for depth in range(300)),
    "markers in one line": "- " * 2_000,
    "an open fence": "```\n" + lines("a"),
    "an open formula": "$$\n" + lines("a", 400),
    "a deep formula": "$" + "{" * 500 + "x" + "}" * 500 + "$",
}
SLOW_ELSEWHERE = {
    "emphasis side by side": "*a _b " * 800 + "\n" + "_ *" * 800,
    "stars": lines("*"),
    "underscores": lines("_a"),
    "ticks": lines("`` ` "),
    "backslashes": lines("\\"),
    "angles": lines("<a"),
    "dollars": lines("$a"),
    "braces": lines("*a*{.b "),
    "bars": lines("|"),
    "blanks": lines("a" + " " * 3_000),
    "emphasis": lines("*a **b "),
    "headings": repeated("## a\n"),
    "items": repeated("- a\n"),
    "items and blanks": repeated("- a\n\n"),
    "definitions": repeated("a\n: b\n"),
    "quotes": repeated("> a\n\n"),
    "notes": repeated("a[^a]\n\n") + "[^a]: b\n",
    "boxes": repeated('!!! note "a"\n    b\n'),
    "checks": repeated('??? check "a"\n    - [x] a\n    - [ ] b\n'),
    "empty lines": "\n" * KILOBYTES,
}


def seconds(files: dict) -> float:
    start = time.process_time()
    compiled(files)
    return time.process_time() - start


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_is_refused_quickly(name):
    start = time.process_time()
    done = compiled({PAGE: page_file(REFUSED[name] + "\n")})
    assert done.errors
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", SLOW_ELSEWHERE)
def test_a_full_page_of_one_sign_takes_seconds_at_most(name):
    assert seconds({PAGE: page_file(SLOW_ELSEWHERE[name])}) < 5
    assert seconds({QUIZ: quiz_file("## a\n" + SLOW_ELSEWHERE[name])}) < 5


def test_limits_come_before_parsing(monkeypatch):
    def never(*_):
        raise AssertionError("parsed in spite of a limit")

    monkeypatch.setattr("corpu.content.blocks.Scanner.scan", never)
    monkeypatch.setattr("corpu.content.scan.read_front_matter", never)
    start = {"course.md": b"x" * 300_000}
    for text in ("[" * 20_000, "a" * 6_000, "> " * 40 + "a"):
        assert compiled(start | {PAGE: page_file(text)}).errors


@pytest.mark.parametrize("language", sorted(COLOURED))
def test_no_language_of_code_can_be_hung(language):
    start = time.process_time()
    for piece in (
        "(",
        "/a[",
        "\"'",
        "<a ",
        "<!--",
        "{{",
        "a.",
        "\\",
        "$(",
        "'''",
        "/*",
        "a=",
        "  \t",
    ):
        highlight((piece * LONGEST)[:LONGEST], language)
    assert time.process_time() - start < 5
