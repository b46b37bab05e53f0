"""How it is read: each way in which Markdown could show a key, lose an id or misread a line."""

import pytest
from bs4 import BeautifulSoup

from tests.content.build import (
    CHECK,
    PAGE,
    compiled,
    html,
    page,
    page_codes,
    page_file,
    page_problems,
    question,
    quiz,
    quiz_codes,
)


def only_check(body: str):
    checks = page(body).checks
    assert len(checks) == 1
    return checks[0]


@pytest.mark.parametrize(
    "line",
    [
        '??? check "Target mana?" {#cek-air}',
        "??? check “Target mana?” {#cek-air}",
        "??? check „Target mana?“ {#cek-air}",
        '???  check   "Target mana?"   {: #cek-air }',
    ],
)
def test_a_check_is_read_with_an_id_and_any_quotation_marks(line):
    check = only_check(
        f"Teks tanpa baris kosong sesudahnya.\n{line}\n    - [x] 6.1\n    - [ ] 7.1\n"
    )
    assert (check.id, check.question_html) == ("cek-air", "Target mana?")
    assert [option.correct for option in check.options] == [True, False]


def test_a_check_may_have_quotation_marks_in_its_question():
    check = only_check('??? check "Apa arti "layak"?"\n    - [x] a\n    - [ ] b\n')
    assert check.question_html == "Apa arti &quot;layak&quot;?"


@pytest.mark.parametrize("indent", ["  ", "   ", "    ", "\t"])
def test_options_of_a_check_may_be_indented_by_two_blanks_a_tab_or_four(indent):
    text = f'??? check "A?"\n{indent}- [x] a\n{indent}- [ ] b\n{indent}{indent}> Bukan.\n'
    check = only_check(text)
    assert [(option.html, option.feedback_html) for option in check.options] == [
        ("a", ""),
        ("b", "<p>Bukan.</p>"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "??? check Target mana?",
        '??? cek "Target mana?"',
        '!!! check "Target mana?"',
        '?? check "Target mana?"',
        '???check "Target mana?"',
        '???? check "Target mana?"',
        '??? Check: "Target mana?"',
        '> ??? check "Target mana?"',
        '- ??? check "Target mana?"',
        'Teks ??? check "Target mana?"',
        '??? check "Target mana?',
        '??? check ""',
    ],
)
def test_a_line_that_looks_like_a_broken_check_is_an_error(line):
    codes = page_codes(f"{line}\n    - [x] 6.1\n    - [ ] 7.1\n")
    assert codes & {"broken-check", "misplaced-check"}


def test_a_check_in_code_is_an_example():
    assert page_codes('```\n??? check "A?"\n    - [x] a\n```\n\nTulis `??? check "A?"`.\n') == set()


@pytest.mark.parametrize(
    "line",
    [
        "- [x] 6.1",
        "* [X] 6.1",
        "1. [x] 6.1",
        "[x] 6.1",
        "- [ x ] a",
        "| [x] | a |",
        "Jawab: [x] ya",
    ],
)
def test_a_tick_outside_of_a_check_is_an_error(line):
    text = f"| a | b |\n|---|---|\n{line}\n" if line.startswith("|") else f"{line}\n"
    assert page_codes(text) == {"option-outside"}


def test_a_task_list_and_a_link_called_x_are_no_ticks():
    shown = html(
        "- [ ] cek meteran\n- biasa\n\n[x](https://example.org) [x][r] `[x]`\n\n[r]: https://a.id\n"
    )
    assert '<li class="task">cek meteran</li>' in shown
    assert page_codes("[x](https://example.org)\n") == set()


def test_a_heading_keeps_its_id_and_its_braces():
    shown = html("## Himpunan {1, 2} dan $x_{1}$ {#himpunan .penting}\n")
    assert '<h2 class="penting" id="isi-himpunan">Himpunan {1, 2} dan <math' in shown


def test_closing_signs_of_a_heading_are_no_text():
    assert html("## Judul ## {#a}\n\n## C#\n") == (
        '<h2 id="isi-a">Judul</h2><h2 id="isi-c">C#</h2>'
    )


def test_a_hashtag_is_no_heading():
    assert html("#SDGs untuk semua\n") == "<p>#SDGs untuk semua</p>"


def test_a_key_is_kept_as_it_is_written():
    assert question("## Berapa?\n= 5*3*2\n= a_b_c\n= **x**\n").keys == (
        {"text": "5*3*2"},
        {"text": "a_b_c"},
        {"text": "**x**"},
    )


def test_dollars_are_no_formula():
    assert html("Harga US$5 sampai US$7, atau $5 dan $7 saja.\n") == (
        "<p>Harga US$5 sampai US$7, atau $5 dan $7 saja.</p>"
    )


def test_dollars_after_a_blank_are_a_formula():
    shown = html("Luas $a^2$ dan\n\n$$\nb = c\n$$\n")
    assert shown.count("<math") == 2
    assert 'display="block"' in shown
    assert "$" not in shown


def test_text_in_a_formula_opens_no_tag():
    shown = html("$\\text{a <b>x</b>}$\n")
    assert "<b>" not in shown
    assert "&lt;&nbsp;b&gt;" in shown


@pytest.mark.parametrize("mark", ["=", "=====", "---", "-"])
def test_a_line_under_text_is_an_error(mark):
    assert page_codes(f"Judul\n{mark}\n") == {"setext-heading"}


def test_a_rule_between_empty_lines_is_fine():
    assert html("a\n\n---\n\nb\n") == "<p>a</p><hr><p>b</p>"


@pytest.mark.parametrize("fence", ["```", "~~~", "````python"])
def test_a_fence_that_is_not_closed_is_an_error(fence):
    assert "unclosed-fence" in page_codes(f"{fence}\n## bukan judul\n- [x] bukan pilihan\n")


def test_a_fence_that_is_not_closed_takes_no_question_with_it():
    codes = quiz_codes("## A\n```\n- [x] a\n- [ ] b\n\n## B\n- [x] c\n- [ ] d\n")
    assert "unclosed-fence" in codes


def test_a_shorter_fence_inside_of_a_longer_one_is_code():
    shown = html("````\n```\nkode\n```\n````\n")
    assert shown == (
        '<pre class="code" tabindex="0"><code class="language-text">```\nkode\n```</code></pre>'
    )


def test_headings_options_and_keys_in_a_fence_are_code():
    asked = question("## Apa?\n```\n## judul\n- [x] a\n= 4\n```\n- [x] b\n- [ ] c\n")
    assert "## judul\n- [x] a\n= 4" in asked.body_html
    assert [option.html for option in asked.options] == ["b", "c"]


def test_equations_in_a_formula_are_no_keys():
    asked = question("## Apa?\n$$\nx\n= 4\n$$\n= 4\n")
    assert asked.keys == ({"text": "4"},)
    assert asked.body_html.count("<math") == 1


def test_lists_tables_and_quotes_need_no_empty_line_before_them():
    shown = html("Teks\n- a\n- b\n\nTeks\n| a | b |\n|---|---|\n| 1 | 2 |\n> kutip\n")
    assert shown.index("<ul>") < shown.index("<table ") < shown.index("<blockquote>")
    assert shown.startswith("<p>Teks</p><ul><li>a</li><li>b</li></ul><p>Teks</p>")


def test_a_year_at_the_start_of_a_line_opens_no_list():
    assert html("Pada akhir tahun\n2019. Sesudahnya tidak.\n") == (
        "<p>Pada akhir tahun\n2019. Sesudahnya tidak.</p>"
    )


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_lists_nest_with_two_or_four_blanks(indent):
    pad = " " * indent
    assert html(f"- a\n{pad}- b\n{pad}{pad}- c\n- d\n") == (
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"
    )


def test_loose_lists_have_paragraphs():
    assert html("1. a\n\n   lagi\n2. b\n") == (
        "<ol><li><p>a</p><p>lagi</p></li><li><p>b</p></li></ol>"
    )


def test_a_list_keeps_its_first_number():
    assert html("3. a\n4. b\n") == '<ol start="3"><li>a</li><li>b</li></ol>'


def test_a_quote_under_an_option_is_feedback_and_one_at_the_margin_explains():
    asked = question("## A?\n- [x] satu\n  > Tepat.\n- [ ] dua\n    > Bukan.\n> **Sebab** itu.\n")
    assert [option.feedback_html for option in asked.options] == ["<p>Tepat.</p>", "<p>Bukan.</p>"]
    assert asked.explanation_html == "<p><strong>Sebab</strong> itu.</p>"


def test_a_quote_before_the_answers_belongs_to_the_question():
    asked = question("## A?\n> Menurut laporan.\n\n- [x] satu\n- [ ] dua\n")
    assert asked.body_html == "<blockquote><p>Menurut laporan.</p></blockquote>"
    assert asked.explanation_html == ""


@pytest.mark.parametrize(
    "option",
    ["-[x] a", "- [x]a", "- [v] a", "- [] a", "- [✓] a", "    - [x] a", "1. [x] a", "[x] a"],
)
def test_an_option_that_is_written_wrongly_is_an_error(option):
    codes = quiz_codes(f"## A?\n\n{option}\n- [x] b\n- [ ] c\n")
    assert codes & {"broken-option", "option-outside"}


@pytest.mark.parametrize("key", ["    = 5", "- = 5", "1. = 5"])
def test_a_key_that_is_not_at_the_margin_is_an_error(key):
    assert "broken-key" in quiz_codes(f"## A?\n\n{key}\n= 6\n")


def test_a_key_right_after_an_option_is_not_taken_for_its_text():
    assert "mixed-answers" in quiz_codes("## A?\n- [x] a\n- [ ] b\n= 5\n")
    assert "mixed-answers" in quiz_codes("## A?\n- [x] a\n  lanjut\n= 5\n- [ ] b\n")


def test_an_option_may_run_over_several_lines():
    asked = question("## A?\n- [x] satu\n  dua\n- [ ] tiga\nempat\n")
    assert [option.html for option in asked.options] == ["satu\ndua", "tiga\nempat"]


@pytest.mark.parametrize("mark", ["{#a warna=biru}", "{id=a}", "{teks}", "{#a #b}", "{onclick=x}"])
def test_an_attribute_list_with_anything_else_is_an_error(mark):
    assert page_codes(f"## Judul {mark}\n") == {"bad-attribute"}
    assert page_codes(f"*teks*{mark}\n") == {"bad-attribute"}


def test_an_escaped_brace_at_the_end_of_a_heading_is_text():
    assert html("## Himpunan \\{a\\}\n") == '<h2 id="isi-himpunan-a">Himpunan {a}</h2>'


def test_footnotes_and_references_are_seen_by_each_fragment():
    whole = page(
        "Air[^a] [dasar][d].\n\n"
        '??? check "Apa[^b]?"\n    - [x] ya [lagi][d]\n        > Lihat[^a].\n    - [ ] tidak\n\n'
        "Akhir[^c].\n\n[^a]: Sumber A.\n[^b]: Sumber B.\n[^c]: Sumber C,\n    baris dua.\n"
        "[d]: https://example.org\n"
    )
    first, check, last = whole.segments
    assert '<a href="https://example.org">dasar</a>' in first.html
    assert "Sumber" not in first.html
    assert last.html.count("<li") == 2
    assert "Sumber A" in last.html
    assert "Sumber C,\nbaris dua." in last.html
    assert "Sumber B" not in last.html
    assert "Sumber B" in check.question_html
    assert "Sumber A" in check.options[0].feedback_html
    assert '<a href="https://example.org">lagi</a>' in check.options[0].html


def test_footnotes_are_numbered_by_their_first_mention_and_lead_back():
    shown = html("Satu[^z], dua[^a], lagi[^z].\n\n[^a]: A\n[^z]: Z\n")
    assert 'id="isi-fnref-1-1"' in shown
    assert 'id="isi-fnref-1-2"' in shown
    assert shown.index('<li id="isi-fn-1"><p>Z') < shown.index('<li id="isi-fn-2"><p>A')
    assert 'href="#isi-fnref-1-1"' in shown


def test_ids_of_content_carry_a_prefix():
    shown = html('## A {#login}\n\n*teks*{#menu}\n\n!!! note "B" {#kotak}\n    isi\n')
    assert {'id="isi-login"', 'id="isi-menu"', 'id="isi-kotak"'} <= set(
        shown.replace(">", " ").split()
    )


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("<b>a</b>", "**tebal**"),
        ("<!-- rahasia -->", "hapus"),
        ("a<br>b", "dua spasi"),
        ("<img src=x onerror=alert(1)>", "![apa yang terlihat]"),
        ("<details>\n", "??? note"),
        ("<?php x", "hapus"),
        ("<script>alert(1)</script>", "&lt;"),
    ],
)
def test_html_is_an_error_that_names_the_markdown(text, instead):
    found = [p for p in compiled({PAGE: page_file(text + "\n")}).problems if p.code == "raw-html"]
    assert found
    assert instead in found[0].text()


def test_less_than_signs_code_and_addresses_are_no_html():
    shown = html("a < b, 5 <6, `<b>` dan <https://example.org>, &lt;b&gt; \\<b>\n")
    assert "<b>" not in shown
    assert 'href="https://example.org"' in shown
    assert "&lt;b&gt;" in shown


def test_tables_use_align_attributes():
    shown = html("| a | b | c |\n|:--|:-:|--:|\n| 1 | `x|y` | $|z|$ |\n")
    page = BeautifulSoup(shown, "html.parser")
    head, first, *cells = page.select("th[align=left]")[0], *page.select("tbody tr > *")
    assert (head.text, head["scope"], head["role"]) == ("a", "col", "columnheader")
    assert (first.name, first["scope"], first["role"]) == ("th", "row", "rowheader")
    assert [cell["align"] for cell in cells] == ["center", "right"]
    assert str(cells[0].code) == "<code>x|y</code>"
    assert "style" not in shown


def test_a_table_becomes_cards_on_a_phone_and_stays_a_table():
    """Each cell repeats its column; roles say what the style sheet takes away."""
    page = BeautifulSoup(
        html("| Tahun | *Cakupan* `x` | |\n|---|--:|---|\n| 2024 | 74,0 | catatan |\n"),
        "html.parser",
    )
    year, share, note = page.select("tbody tr > *")
    assert year.name == "th"
    assert (share["data-label"], share["class"]) == ("Cakupan x", ["right"])
    assert (note.get("data-label"), note["class"]) == (None, ["full"])
    roles = [element["role"] for element in page.select("table, thead, tbody, tr, td, th")]
    assert set(roles) == {"table", "rowgroup", "row", "columnheader", "rowheader", "cell"}


def test_problems_stand_at_their_lines():
    text = (
        "Pertama.\n\n- daftar\n- [x] kunci\n\n> kutip\n> <b>\n\n```\nkode\n```\n\n"
        "Baris satu\ndengan [tautan](hilang.md)\n"
    )
    assert page_problems(text) == [("option-outside", 4), ("raw-html", 7), ("dead-link", 14)]


def test_a_quiz_has_no_checks_and_a_check_no_keys():
    assert "misplaced-check" in quiz_codes("## A?\n\n" + CHECK + "\n- [x] a\n- [ ] b\n")
    assert "broken-key" in page_codes('??? check "A?"\n    = 5\n')


def test_nothing_of_the_answers_is_in_the_title_or_body_of_a_question():
    asked = quiz(
        "## A?\n\nTeks.\n\n- [x] kunci-satu\n  > umpan-satu\n- [ ] dua\n\n> bahas\n"
    ).questions[0]
    shown = asked.title_html + asked.body_html
    assert not any(word in shown for word in ("kunci-satu", "umpan-satu", "dua", "bahas"))
