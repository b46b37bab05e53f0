"""Pages: boxes, definitions, code, links, pictures, video, and what stays on the server."""

import pytest

from corpu.content import CheckRef, Html, checks_to_dict, segments_from_list, segments_to_list
from tests.content.build import (
    CHECK,
    HEADER,
    PAGE,
    QUIZ,
    compiled,
    course_file,
    found,
    html,
    page,
    page_codes,
    page_file,
    quiz_file,
)
from tests.content.pictures import MP4, PDF, VTT, jpeg_with_place, png, svg


def media(files: dict) -> dict:
    return {f"01-air/{name}": data for name, data in files.items()}


def test_boxes_have_a_title_or_one_in_the_language_of_the_course():
    assert html('!!! tip "Coba"\n    Isi.\n') == (
        '<div class="callout callout-tip"><p class="callout-title">Coba</p><p>Isi.</p></div>'
    )
    assert "Perhatian" in html("!!! warning\n    Isi.\n")
    english = course_file(header=HEADER.replace("language: id", "language: en"))
    assert "Warning" in html("!!! warning\n    Isi.\n", {"course.md": english})


def test_foldable_boxes_are_details():
    assert html('??? note "Buka" {.kecil}\n    Isi.\n') == (
        '<details class="callout callout-note kecil"><summary>Buka</summary><p>Isi.</p></details>'
    )
    assert html('???+ note "Buka"\n    - a\n').startswith(
        '<details class="callout callout-note" open="'
    )


def test_boxes_hold_lists_code_and_boxes():
    shown = html(
        '!!! note "A"\n    - a\n\n        ```\n        x\n        ```\n'
        '\n    ??? tip "B"\n        b\n'
    )
    assert shown.count("<details") == 1
    assert "<li><p>a</p><pre" in shown


def test_definitions_have_terms_and_meanings():
    assert html("RAD\n: Rencana aksi.\n: Daerah.\nTPB\n: Tujuan.\n") == (
        "<dl><dt>RAD</dt><dd>Rencana aksi.</dd><dd>Daerah.</dd><dt>TPB</dt><dd>Tujuan.</dd></dl>"
    )


def test_code_is_coloured_by_classes():
    shown = html("```python\nx = 1  # <b>\n```\n")
    assert '<code class="language-python">' in shown
    assert "&lt;b&gt;" in shown
    assert "<span" in shown
    assert "style" not in shown


def test_links_lead_to_pages_by_id_and_to_headings_by_prefix():
    other = {
        QUIZ: quiz_file(
            "Teks\n\n### Bagian\n\n## A\n- [x] a\n- [ ] b\n".replace("### Bagian\n\n", "")
        )
    }
    second = {"02-lagi/01-lain.md": page_file("## Bagian satu\n", "title: Lain\nid: lain\n")}
    shown = html(
        "## Atas\n\n[a](02-kuis.md) [b](../02-lagi/01-lain.md#bagian-satu) [c](#atas)\n",
        other | second,
    )
    assert 'href="page:kuis"' in shown
    assert 'href="page:lain#isi-bagian-satu"' in shown
    assert 'href="#isi-atas"' in shown


def test_a_wrong_link_names_the_near_one():
    done = compiled({PAGE: page_file("[a](02-kuiz.md)\n"), QUIZ: quiz_file()})
    assert [p.text() for p in done.errors] == [
        "Tautan “02-kuiz.md” tidak menuju berkas kursus ini. Maksudnya 02-kuis.md?"
    ]
    done = compiled({PAGE: page_file("![air](a.png)\n"), "media/a.png": png()})
    assert "Maksudnya ../media/a.png?" in done.errors[0].text()


@pytest.mark.parametrize(
    "target", ["/goals", "//example.org/x", "..\\x", "course.md", "module.md", ""]
)
def test_links_to_what_is_no_page_are_dead(target):
    assert page_codes(f"[a]({target})\n") <= {"dead-link", "path-escapes"}


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "page:a", "media:a"]
)
def test_only_known_kinds_of_addresses_are_opened(target):
    assert page_codes(f"[a]({target})\n") == {"link-scheme"}


def test_a_picture_alone_is_a_figure_with_size_and_caption():
    shown = html('![Peta](peta.png "Gambar 1.")\n', media({"peta.png": png(40, 30)}))
    assert shown.startswith('<figure class="image"><img alt="Peta"')
    assert 'width="40"' in shown
    assert 'height="30"' in shown
    assert 'loading="lazy"' in shown
    assert "<figcaption>Gambar 1.</figcaption>" in shown
    assert 'src="media:' in shown


def test_a_picture_in_a_sentence_stays_there():
    shown = html("Tanda ![awas](a.png) ini.\n", media({"a.png": png()}))
    assert shown.startswith("<p>Tanda <img")
    assert shown.endswith(" ini.</p>")


def test_a_decorative_picture_needs_no_text():
    shown = html("![](a.png){.decorative}\n", media({"a.png": png()}))
    assert 'alt=""' in shown
    assert 'class="decorative"' in shown


def test_media_are_known_by_their_content():
    done = compiled(media({"a.png": png()}) | {PAGE: page_file("![a](a.png)\n")})
    file = done.course.media["01-air/a.png"]
    assert (file.type, file.width, file.height, file.size) == ("image/png", 4, 3, len(file.data))
    assert f"media:{file.sha256}/a.png" in done.course.pages[0].segments[0].html


def test_a_photograph_loses_its_place_and_is_turned():
    done = compiled(media({"a.jpg": jpeg_with_place()}) | {PAGE: page_file("![a](a.jpg)\n")})
    file = done.course.media["01-air/a.jpg"]
    assert (file.width, file.height) == (4, 8)
    assert b"Bu Tini" not in file.data


def test_a_video_has_captions_and_says_its_size():
    files = media({"a.mp4": MP4, "a.vtt": VTT, "a.en.vtt": VTT})
    shown = html('![Pompa](a.mp4 "Video 1.")\n', files)
    assert '<video aria-label="Pompa" controls="' in shown
    assert 'preload="none"' in shown
    assert shown.count("<track") == 2
    assert 'srclang="id"' in shown
    assert 'srclang="en"' in shown
    assert shown.count("default=") == 1
    assert "Unduh (2,9 MB)" in shown


def test_a_document_is_a_link():
    shown = html("[Formulir](a.pdf)\n", media({"a.pdf": PDF}))
    assert '<a href="media:' in shown


def test_a_page_in_the_clothes_of_a_picture_is_refused():
    bad = {
        "a.png": b"<html>",
        "b.pdf": b"<html>",
        "c.svg": b"<html/>",
        "d.mp4": b"<html>",
        "e.vtt": b"x",
    }
    assert [(code, path) for code, path, _ in found(media(bad))] == [
        ("media-invalid", f"01-air/{name}") for name in sorted(bad)
    ]


def test_a_drawing_is_cleaned_and_has_a_size():
    drawing = svg(
        '<g onclick="x"><circle r="4"/></g><script>x</script><a href="http://x"><text>t</text></a>'
    )
    done = compiled(media({"a.svg": drawing}) | {PAGE: page_file("![a](a.svg)\n")})
    file = done.course.media["01-air/a.svg"]
    assert (file.width, file.height) == (10, 20)
    assert b"circle" in file.data
    assert not any(bad in file.data for bad in (b"script", b"onclick", b"http://x"))
    assert {p.code for p in done.problems} == {"svg-cleaned"}


def test_a_drawing_without_size_or_with_entities_is_refused():
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg()
    assert {code for code, _, _ in found(media({"a.svg": svg(head=""), "b.svg": bomb}))} == {
        "media-invalid"
    }


def test_quotation_marks_in_text_are_no_addresses():
    shown = html('Kata "media:" dan `"page:x`.\n')
    assert '"media:' not in shown
    assert '"page:' not in shown


def test_segments_name_a_check_and_nothing_of_it():
    whole = page("Awal.\n\n" + CHECK + "\nAkhir.\n")
    parts = segments_to_list(whole.segments)
    assert parts == [{"html": "<p>Awal.</p>"}, {"check": "cek-air"}, {"html": "<p>Akhir.</p>"}]
    assert segments_from_list(parts)[1] == CheckRef("cek-air")
    assert segments_from_list(parts, {"cek-air": whole.checks[0]}) == whole.segments
    assert checks_to_dict(whole)["cek-air"]["options"][1]["feedback_html"] == "<p>Itu energi.</p>"


def test_a_page_may_begin_and_end_with_a_check():
    whole = page(CHECK + "\n" + CHECK.replace("cek-air", "cek-dua"))
    assert [part.id for part in whole.segments] == ["cek-air", "cek-dua"]


def test_several_ticks_make_a_check_multiple():
    whole = page(CHECK.replace("[ ]", "[x]"))
    assert whole.checks[0].multiple
    assert page('??? check "A?" {type=multiple}\n    - [x] a\n    - [ ] b\n').checks[0].multiple


def test_a_check_has_text_and_an_explanation_of_its_own():
    check = page(
        '??? check "A?"\n    Perhatikan *tabel*.\n\n    - [x] a\n    - [ ] b\n    > Karena itu.\n'
    ).checks[0]
    assert check.question_html == "<p>A?</p><p>Perhatikan <em>tabel</em>.</p>"
    assert check.explanation_html == "<p>Karena itu.</p>"


def test_minutes_follow_the_text_unless_written():
    assert page("kata " * 500).minutes == 3
    assert compiled({PAGE: page_file(front="title: a\nminutes: 7\n")}).course.pages[0].minutes == 7


def test_bom_and_crlf_are_accepted():
    text = page_file("## A\n\n- a\n- b\n\n" + CHECK).replace("\n", "\r\n").encode("utf-8-sig")
    done = compiled({PAGE: text})
    assert done.problems == ()
    assert isinstance(done.course.pages[0].segments[0], Html)
    assert "\r" not in done.course.pages[0].segments[0].html


def test_the_hash_of_a_page_follows_what_is_read_and_not_its_ids():
    def body_hash(body: str, front: str = "title: Siklus\n", files: dict | None = None) -> str:
        return compiled({PAGE: page_file(body, front), **(files or {})}).course.pages[0].body_hash

    one = body_hash("## A\n\nTeks.\n\n" + CHECK)
    assert body_hash("## A {#a}\n\nTeks.  \n\n" + CHECK, "title: Siklus\nid: s\n") == one
    assert body_hash("## A\n\nTeks.\n\n" + CHECK.replace(" {#cek-air}", "")) == one
    assert body_hash("## A\r\n\r\nTeks.\r\n\r\n" + CHECK) == one
    assert body_hash("## A\n\nTeks!\n\n" + CHECK) != one
    assert body_hash("## A\n\nTeks.\n\n" + CHECK, "title: Lain\n") != one
    picture = "![a](a.png)\n"
    assert body_hash(picture, files=media({"a.png": png(1, 1)})) != body_hash(
        picture, files=media({"a.png": png(2, 2)})
    )
