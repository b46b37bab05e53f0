"""Whatever an author writes: the compiler answers, only known tags leave it, no key is shown."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpu.content import (
    CourseSource,
    Vocabulary,
    compile_course,
    course_from_dict,
    segments_to_list,
    to_dict,
    write_ids,
)
from corpu.content.html import ATTRIBUTES, FIXED, TAGS, clean
from corpu.content.svg import SvgRefused, clean_svg
from tests.content.build import (
    PAGE,
    QUIZ,
    VOCABULARY,
    compiled,
    course_file,
    page_file,
    quiz_file,
    source,
)

PIECES = [
    "\n", "\n\n", "  ", "    ", "\t", "- ", "- [x] ", "- [ ] ", "* ", "1. ", "> ", "# ", "## ",
    "### ", "```", "~~~", "```py\n", "$", "$$", "$$\n", "= ", "=", "---", "***", "|", "| a | b |\n",
    "|---|---|\n", ": ", "!!! note", '??? check "Apa?"', "??? ", "!!! ", '"', "”", "{#a}", "{.b}",
    "{type=order}", "{type=match}", "{type=essay}", "{type=number}", "{", "}", "[", "]", "](",
    "[^1]", "[^1]: ", "[a]: ", "![", "![a](", "a.png)", "<b>", "<", ">", "<!--", "&amp;", "&", "\\",
    "`", "``", "*", "**", "_", "a", "air", "6.1", "± 1", "70..78", "/a+/", "javascript:", "'",
    "\r\n", "\u00e9", "\u200b", "🙂", "\x00", "<script>alert(1)</script>", "onclick=x", "page:a",
]  # fmt: skip
TEXT = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.text(max_size=200),
)
QUIETLY = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)=\"([^\"]*)\"")


def assert_allowed(html: str) -> None:
    """Every tag and attribute of the HTML is on the lists, and every address of a known kind."""
    for _, tag, rest in TAG.findall(html):
        assert tag in TAGS
        for name, value in ATTRIBUTE.findall(rest):
            known = ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"] | set(FIXED.get(tag, {}))
            assert name in known, (tag, name)
            if name in ("href", "src"):
                assert re.match(
                    r"(?:https?:|mailto:|tel:|media:[0-9a-f]{64}/|page:|#)", value, re.I
                )
    assert "<" not in TAG.sub("", html)


def fragments(value):
    """Every text under a key that holds HTML, wherever it stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and (key == "html" or key.endswith(("_html", "summary"))):
                yield item
            else:
                yield from fragments(item)
    elif isinstance(value, list):
        for item in value:
            yield from fragments(item)


@QUIETLY
@given(TEXT, TEXT)
@example("[" * 600, "")
@example("*_" * 2000, "")
@example("\n".join(["*a _b " * 400, "_ *" * 800]), "")
@example("<" * 1000, "![a](a.png){" * 50)
def test_any_text_compiles_or_says_why(body, answers):
    done = compiled({PAGE: page_file(body), QUIZ: quiz_file("## A\n" + answers)})
    assert (done.course is None) == bool(done.errors)
    for problem in done.problems:
        assert "%(" not in problem.text().replace(body[:80], "")
    if done.course:
        data = to_dict(done.course)
        assert course_from_dict(data) == done.course
        for html in fragments(data):
            assert_allowed(html)


@QUIETLY
@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "a: ",
                "b",
                "\n",
                "- ",
                "[",
                "]",
                "{",
                "}",
                "'",
                '"',
                "&",
                "*a",
                "title: ",
                "id: ",
                "  ",
                "#",
                "|",
                "!x ",
                ",",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_front_matter_compiles_or_says_why(front):
    done = compiled({PAGE: f"---\n{front}\n---\nTeks\n", "course.md": course_file(front + "\n")})
    assert (done.course is None) == bool(done.errors)


@QUIETLY
@given(
    st.dictionaries(
        st.sampled_from(["course.md", PAGE, QUIZ, "01-air/a.png", "a.svg", "x/y"]),
        st.binary(max_size=200),
    )
)
def test_any_bytes_compile_or_say_why(files):
    done = compile_course(CourseSource("air", files), VOCABULARY)
    assert (done.course is None) == bool(done.errors)


@QUIETLY
@given(
    st.lists(
        st.tuples(
            st.booleans(), st.text("abcdefghij ", min_size=6, max_size=20), st.integers(0, 99999)
        ),
        min_size=2,
        max_size=6,
    ),
    TEXT,
)
def test_segments_of_a_page_never_hold_an_option_or_its_feedback(options, around):
    lines = [
        f"    - [{'x' if right else ' '}] kunci{number}K\n        > umpan{number}U {text}\n"
        for right, text, number in options
    ]
    body = f'{around}\n\n??? check "Apa?" {{#cek}}\n{"".join(lines)}\n\n{around}\n'
    done = compiled({PAGE: page_file(body)})
    if done.course and done.course.pages[0].checks:  # else a fence around makes it an example
        shown = repr(segments_to_list(done.course.pages[0].segments))
        for _, _, number in options:
            assert f"kunci{number}K" not in shown
            assert f"umpan{number}U" not in shown


@QUIETLY
@given(TEXT, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_written_ids_add_nothing_else(body, newline, bom):
    text = page_file(body, front="title: Siklus\n").replace("\r\n", "\n").replace("\n", newline)
    before = text.encode("utf-8-sig" if bom else "utf-8")
    given_source = source({PAGE: before})
    after = write_ids(given_source).get(PAGE, before)
    assert without(after, before)
    again = source({PAGE: after})
    assert after == before or write_ids(again) == {}


def without(after: bytes, before: bytes) -> bool:
    """Whether `before` is what remains when pieces of `after` are taken out."""
    position = 0
    for byte in before:
        position = after.find(bytes([byte]), position) + 1
        if not position:
            return False
    return True


@QUIETLY
@given(TEXT)
def test_cleaning_is_stable(text):
    once = clean(text)
    assert_allowed(once)
    assert clean(once) == once


@QUIETLY
@given(
    st.text(max_size=200)
    | st.binary(max_size=100)
    | st.lists(
        st.sampled_from(
            [
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>",
                "</svg>",
                "<g onclick='x'>",
                "</g>",
                "<script>",
                "</script>",
                "<a href='javascript:x'>",
                "</a>",
                "<style>",
                "</style>",
                "@import 'x'",
                "url(http://x)",
                "<use href='#a'/>",
                "<image href='http://x'/>",
                "<foreignObject/>",
                "<!DOCTYPE svg>",
                "<!ENTITY a 'b'>",
                "<?xml version='1.0'?>",
                "text",
                "&a;",
                "<rect style='fill:url(x)'/>",
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_a_cleaned_drawing_acts_in_no_way(data):
    raw = data if isinstance(data, bytes) else data.encode()
    try:
        drawing = clean_svg(raw)
    except SvgRefused:
        return
    text = drawing.data.decode().lower()
    for bad in ("<script", "onclick", "javascript:", "<foreignobject", "http://x", "@import", "<a"):
        assert bad not in text
    assert clean_svg(drawing.data).removed == ()


@QUIETLY
@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_codes_are_compared_without_case_and_dash(code):
    known = Vocabulary.of(kinds=[code]).kinds
    assert known.find(code.replace("-", "_")) == code
    assert known.find(f" {code} ") == code


@pytest.mark.parametrize(
    "style",
    [
        'background: image-set("//evil" 1x)',
        'background: -webkit-image-set("//evil" 1x)',
        'fill: src("//evil")',
        'mask: cross-fade("//evil", red)',
    ],
)
def test_a_style_that_fetches_without_url_is_dropped_too(style):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
    quoted = style.replace('"', "'")
    for part in (f"<style>rect {{ {style} }}</style><rect/>", f'<rect style="{quoted}"/>'):
        data = clean_svg(svg.format(part).encode()).data
        assert b"evil" not in data
        assert b"<rect" in data
