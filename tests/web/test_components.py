"""Every macro and layout, drawn with nothing undefined and read as a screen reader would."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from flask import flash
from flask_babel import force_locale, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

import corpu
from corpu.forms import Form

TEMPLATES = Path(corpu.__file__).parent / "templates"

AXES = [
    {"code": "INT", "label": "Integritas", "value": Decimal(4), "required": 4, "href": "/a"},
    {"code": "KSM", "label": "Kerja Sama", "value": Decimal("3.52"), "required": 4},
    {"code": "PDO", "label": "Pengembangan Diri", "value": None, "required": 3},
    {"code": "PRB", "label": "Perekat Bangsa", "value": Decimal(2), "required": None},
]
GOALS = [
    {"number": 1, "title": "Tanpa Kemiskinan", "value": Decimal("46.2"), "href": "/goals/1"},
    {"number": 7, "title": "Energi Bersih", "value": None, "href": "/goals/7", "text": ""},
    {"number": 9, "title": "Industri", "value": Decimal(0), "text": "0 persen"},
]
PEOPLE = [
    {
        "name": "Dewi <Kartikasari>",
        "url": "/team/1",
        "post": "Perencana",
        "cells": [(3, 3), (None, 2)],
    },
    {
        "name": "Fathorrahman",
        "url": "/team/2",
        "post": "Perencana",
        "cells": [(1, 3), (4, None)],
    },
]
MODULES = [
    {
        "title": "1. Mengapa air",
        "done": 1,
        "total": 3,
        "pages": [
            {"title": "Siklus air", "url": "/1", "state": "done", "note": ""},
            {"title": "Air sebagai hak", "url": "/2", "state": "current", "note": "8 menit"},
            {"title": "Kuis", "url": "", "state": "locked", "note": "Terbuka setelah halaman 2"},
        ],
    }
]
STEPS = [{"title": "Paham", "note": "mengenal"}, {"title": "Dasar", "note": ""}]

CHARTS = {
    "radar": '{% from "charts/radar.html" import radar %}{{ radar(axes) }}',
    "heatmap": '{% from "charts/heatmap.html" import heatmap %}'
    '{{ heatmap(columns, people, "K.") }}',
    "jp_bar": '{% from "charts/jpbar.html" import jp_bar %}{{ jp_bar(jp, 5, 2, caps=caps) }}',
    "wheel": '{% from "charts/wheel.html" import wheel %}{{ wheel(goals, "persen lulusan") }}',
    "stairs": '{% from "charts/stairs.html" import stairs %}{{ stairs(steps, "Level", 1, 2) }}',
}
CHART_VALUES = {
    "axes": AXES,
    "goals": GOALS,
    "people": PEOPLE,
    "steps": STEPS,
    "columns": [{"code": "INT", "name": "Integritas"}, {"code": "KSM", "name": "Kerja Sama"}],
    "jp": Decimal("14.5"),
    "caps": [{"label": "Coaching", "claimed": 6, "counted": 4, "reason": "Dua sesi sebulan"}],
}

COMPONENTS = {
    "brand": '{% from "components/brand.html" import brand_mark, terrace, seal %}'
    "{{ brand_mark() }}{{ terrace() }}{{ seal() }}",
    "button": '{% from "components/button.html" import button %}{{ button("Simpan") }}'
    '{{ button("Lanjutkan", href="/x", kind="quiet small", symbol="book", after="right", of="A") }}'
    '{{ button("Ambil", why_not="Tugas belum dinilai.", id="b") }}'
    '{{ button("Cabut", kind="danger", name="act", value="1", form="f") }}',
    "note": '{% from "components/note.html" import note %}{{ note("ok", text="Tersimpan.") }}'
    '{% call note("warn", title="Awas", level=3, id="n", role="status") %}<p>x</p>{% endcall %}'
    '{{ note() }}{{ note("bad", symbol="lock") }}',
    "tag": '{% from "components/tag.html" import tag %}'
    '{% for k in ["ok","warn","bad","mine","none",""] %}{{ tag(k, "Kata") }}{% endfor %}',
    "goal": '{% from "components/goal.html" import goal_tile, goal_dot, goal_spectrum %}'
    '{{ goal_tile(6) }}{{ goal_tile(17, href="/goals/17", square=True) }}{{ goal_dot(1) }}'
    "{{ goal_spectrum() }}",
    "progress": '{% from "components/progress.html" import progress_bar, figure_bar %}'
    '{% from "components/progress.html" import job_progress %}'
    '{{ progress_bar(0, 0, "Kemajuan") }}{{ progress_bar(4, 11, "Kursus", unit="halaman") }}'
    '{{ figure_bar("JP", "14", "dari 20 JP", bar=(14, 20), asof="Keadaan hari ini") }}'
    '{% call figure_bar("S", "7", "terbit", level=3) %}<p>x</p>{% endcall %}'
    '{{ job_progress("Menerbitkan", 1, 9, "1 terbit.") }}',
    "nav": '{% from "components/nav.html" import crumbs, head, pager, empty_state %}'
    '{{ crumbs([("Tim", "/team")]) }}{{ head("Judul", eyebrow="e", lead="l") }}'
    '{{ pager(1, 9, 48, next_url="?p=2", noun="kursus") }}{{ pager(0, 0, 0) }}'
    '{{ empty_state("Kosong", "Mulailah di sini.") }}',
    "course": '{% from "components/course.html" import course_card %}<ul>'
    '{{ course_card("Air Bersih", "/c", [6, 11], "Ringkasan.", ["6 JP"]) }}'
    '{% call course_card("Tanpa tujuan", "/d") %}<b>x</b>{% endcall %}</ul>',
    "filters": '{% from "components/filters.html" import search_box, filter_panel %}'
    '{% from "components/filters.html" import filter_group %}'
    '<form method="get" action="/courses">{{ search_box("Cari judul", value="air") }}'
    '{% call filter_panel(1, "/courses") %}'
    '{{ filter_group("Tujuan", "goal", options, goals=True) }}{% endcall %}</form>',
    "level": '{% from "components/level.html" import level_pips %}'
    "{{ level_pips(2, 4, score) }}{{ level_pips(None, 3) }}"
    "{{ level_pips(5, big=True, words=False) }}",
    "table": '{% from "components/table.html" import table, row, cell %}'
    '{% call table("Tujuh.", ["Nama", ("JP", "right"), lazy], id="t") %}'
    '{% call row("A", href="/a", under="b") %}{{ cell("JP", 4, "right") }}'
    '{% call cell("Keadaan", kind="full") %}<b>x</b>{% endcall %}{% endcall %}{% endcall %}',
    "confirm": '{% from "components/confirm.html" import confirm %}'
    '{% call confirm("Cabut sertifikat?", "Cabut sertifikat", "/back") %}<p>x</p>{% endcall %}',
    "code": '{% from "components/code.html" import codebox %}{{ codebox("CU35-7KQM") }}',
    "outline": '{% from "components/outline.html" import outline, rule_box, todo_list, page_turn %}'
    '{{ outline("Air", "/c", modules, 1, 3, 2) }}{% call rule_box() %}<p>x</p>{% endcall %}'
    '{{ todo_list(todo) }}{{ page_turn(("A", "/a"), ("B", "/b")) }}{{ page_turn() }}',
    "quiz": '{% from "components/quiz.html" import save_state, countdown, question_nav %}'
    '{{ save_state("/login") }}'
    '{{ countdown("2026-11-24T03:00:00Z", "2026-11-24T02:00:00Z", "q", "10.00 WIB") }}'
    "{{ question_nav(questions) }}",
}
COMPONENT_VALUES = {
    "score": Decimal("2.85"),
    "options": [
        {"value": 6, "label": "Air Bersih", "count": 7, "checked": True},
        {"value": 11, "label": "Kota", "count": None, "checked": False},
    ],
    "lazy": lazy_gettext("Keadaan"),
    "modules": MODULES,
    "todo": [{"state": s, "title": "T", "text": "t"} for s in ("done", "miss", "wait")],
    "questions": [
        {"number": 1, "id": "q1", "answered": True, "doubt": True},
        {"number": 2, "id": "q2", "answered": False, "doubt": False},
    ],
}


def soup(text):
    page = BeautifulSoup(text, "html.parser")
    repeated = [
        name for name, n in Counter(tag["id"] for tag in page.select("[id]")).items() if n > 1
    ]
    assert not repeated, f"ids used twice: {repeated}"
    for attribute in ("aria-labelledby", "aria-describedby"):
        for tag in page.select(f"[{attribute}]"):
            for name in tag[attribute].split():
                assert page.find(id=name), f"{attribute} points nowhere: {name}"
    assert not page.select("[style], [onclick], script:not([src]), style")
    for use in re.findall(r"url\(#([\w-]+)\)", text):
        assert page.find(id=use), f"no drawing named {use}"
    return page


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_draws_with_nothing_undefined(draw, name):
    page = soup(draw(COMPONENTS[name], **COMPONENT_VALUES))
    for icon in page.select("svg.icon"):
        assert icon["aria-hidden"] == "true"
    for progress in page.select("progress"):
        assert progress["aria-label"]
    for control in page.select("a, button"):
        assert control.get_text(strip=True) or control.select_one("[aria-label]")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_a_name_and_a_table_with_its_figures(draw, name):
    page = soup(draw(CHARTS[name], **CHART_VALUES))
    assert page.select_one("table caption")
    assert page.select("table th[scope=col]")
    assert page.select("table th[scope=row]")
    for drawing in page.select("figure > svg"):
        assert drawing["role"] in ("img", "group")
        assert drawing.find("title").text
        assert drawing.find("desc").text


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_draws_when_there_is_nothing_yet(draw, name):
    empty = {key: [] for key in ("axes", "goals", "people", "steps", "columns", "caps")}
    soup(draw(CHARTS[name], **(CHART_VALUES | empty | {"jp": Decimal(0)})))


def test_two_charts_of_a_kind_can_stand_on_one_page(draw):
    source = (
        '{% from "charts/jpbar.html" import jp_bar %}{{ jp_bar(4) }}{{ jp_bar(9, id="jp-2025") }}'
    )
    soup(draw(source))


def test_what_is_not_observed_is_never_written_as_zero(draw):
    radar = soup(draw(CHARTS["radar"], **CHART_VALUES))
    row = next(row for row in radar.select("tbody tr") if "Pengembangan" in row.text)
    assert "belum teramati" in row.text
    wheel = soup(draw(CHARTS["wheel"], **CHART_VALUES))
    rows = [row.text for row in wheel.select("tbody tr")]
    assert "belum diukur" in rows[1]
    assert "0 persen" in rows[2]
    heat = soup(draw(CHARTS["heatmap"], **CHART_VALUES))
    assert "belum teramati" in heat.select_one("td.hx").text


def test_each_measured_goal_of_the_wheel_leads_to_its_page_and_says_its_value(draw):
    page = soup(draw(CHARTS["wheel"], **CHART_VALUES))
    links = {link["href"]: link["aria-label"] for link in page.select("svg a")}
    assert links["/goals/1"] == "Tujuan 1, Tanpa Kemiskinan: 46,2"
    assert "belum diukur" in links["/goals/7"]


def test_names_from_outside_are_written_and_never_obeyed(draw):
    text = draw(CHARTS["heatmap"], **CHART_VALUES)
    assert "Dewi &lt;Kartikasari&gt;" in text


def test_figures_wear_the_reader_s_decimal_mark(draw):
    assert "3,52" in draw(CHARTS["radar"], **CHART_VALUES)
    assert "3.52" in draw(CHARTS["radar"], locale="en", **CHART_VALUES)


def test_a_goal_has_its_title_in_the_reader_s_language(draw):
    source = '{% from "components/goal.html" import goal_tile %}{{ goal_tile(6) }}'
    assert "Air Bersih dan Sanitasi Layak" in draw(source)
    assert "Clean Water and Sanitation" in draw(source, locale="en")


def test_a_locked_page_is_no_link_and_says_why(draw):
    page = soup(draw(COMPONENTS["outline"], **COMPONENT_VALUES))
    locked = next(item for item in page.select(".outline li") if "Kuis" in item.text)
    assert not locked.select("a")
    assert "Terbuka setelah halaman 2" in locked.text
    assert page.select_one(".outline [aria-current=page]").text.startswith("Air sebagai hak")


def test_a_table_keeps_its_roles_and_labels_for_the_phone(draw):
    page = soup(draw(COMPONENTS["table"], **COMPONENT_VALUES))
    assert [head.text for head in page.select("thead th")] == ["Nama", "JP", "Keadaan"]
    assert [cell["data-label"] for cell in page.select("td")] == ["JP", "Keadaan"]
    assert {tag["role"] for tag in page.select("tr")} == {"row"}


def test_an_unknown_icon_is_an_error(draw):
    with pytest.raises(Exception, match="nosuch"):
        draw('{% from "components/icon.html" import icon %}{{ icon("nosuch") }}')


class EveryField(Form):
    nip = StringField(
        "NIP",
        description="18 angka.",
        validators=[InputRequired("Tulis NIP Anda"), Length(18, 18)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField("Kata sandi")
    day = DateField("Tanggal", validators=[Optional()])
    level = RadioField(
        "Level", choices=[SelectChoice("2", "Dua"), SelectChoice("3", "Tiga")], description="Pilih."
    )
    goals = SelectMultipleField(
        "Tujuan",
        choices=[SelectChoice("1", "Satu"), SelectChoice("2", "Dua")],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    unit = SelectField("Unit", choices=[SelectChoice("a", "Bappeda")])
    reason = TextAreaField("Alasan")
    remember = BooleanField("Ingat saya", description="30 hari di perangkat ini.")
    place = HiddenField()


FORM = (
    '{% from "components/field.html" import field, csrf, error_summary %}'
    '<form method="post" action="/">'
    "{{ csrf(form) }}{{ error_summary(form) }}"
    '{% for one in form if one.name != "csrf_token" %}{{ field(one) }}{% endfor %}</form>'
)


@pytest.fixture
def draw_form(bare_app):
    def draw_form(data=None):
        with bare_app.test_request_context("/"), force_locale("id"):
            form = EveryField(MultiDict(data) if data is not None else None)
            if data is not None:
                assert not form.validate()
            return soup(bare_app.jinja_env.from_string(FORM).render(form=form))

    return draw_form


def test_every_kind_of_field_has_a_label_that_belongs_to_it(draw_form):
    page = draw_form()
    for box in page.select("input:not([type=hidden]), select, textarea"):
        assert page.select_one(f"label[for='{box['id']}']"), box
    for group in page.select("fieldset"):
        assert group.legend.get_text(strip=True)
    assert len(page.select("input[name=csrf_token]")) == 1


def test_a_hint_is_tied_to_its_field(draw_form):
    page = draw_form()
    assert page.find(id="nip")["aria-describedby"] == "nip-hint"
    assert page.find(id="nip")["autocomplete"] == "username"
    assert page.find("fieldset", id="level")["aria-describedby"] == "level-hint"


def test_an_error_is_tied_to_its_field_and_listed_above(draw_form):
    page = draw_form({"nip": "123", "day": "kemarin", "level": "9", "unit": "x"})
    nip = page.find(id="nip")
    assert nip["aria-invalid"] == "true"
    assert nip["aria-describedby"] == "nip-error nip-hint"
    assert "Tulis tepat 18 huruf" in page.find(id="nip-error").text
    summary = page.select_one("#kesalahan[role=alert]")
    assert {link["href"] for link in summary.select("a")} >= {"#nip", "#day", "#level", "#unit"}
    for link in summary.select("a"):
        assert page.find(id=link["href"].removeprefix("#")), "each line leads to its field"


def test_no_sentence_of_a_refused_form_is_english(draw_form):
    page = draw_form({"nip": "", "day": "x", "level": "9", "unit": "x", "goals": "7"})
    errors = " ".join(error.text for error in page.select(".error"))
    assert not re.search(r"\b(field|valid|choice|required)\b", errors, re.IGNORECASE), errors


CONTEXT = {
    "nav": [],
    "demo_mode": True,
    "agency_name": "BPSDM Provinsi Jawa Timur",
    "agency_short": "BPSDM Jatim",
    "privacy_version": "1.0",
    "privacy_date": date(2026, 11, 24),
    "current_locale": "id",
    "other_locale_url": "/?lang=en",
}
PERSON = SimpleNamespace(name="Dewi", initials="DK", unit_name="Bappeda", roles=())


def places(count):
    return [
        SimpleNamespace(
            endpoint=f"p{n}", url=f"/p{n}", icon="home", label=f"Tempat {n}", is_current=n == 0
        )
        for n in range(count)
    ]


def page_of(layout, blocks=""):
    return (
        f'{{% extends "{layout}" %}}{{% set scripts = ["autosave"] %}}'
        "{% block title %}Judul{% endblock %}{% block main %}<h1>Judul</h1>{% endblock %}" + blocks
    )


LAYOUTS = {
    "layout.html": page_of("layout.html"),
    "layout_sign.html": page_of("layout_sign.html"),
    "layout_learn.html": page_of("layout_learn.html", "{% block outline %}x{% endblock %}"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("viewer", [None, PERSON], ids=["stranger", "signed in"])
def test_a_layout_draws_for_anyone(draw, layout, viewer):
    page = soup(draw(LAYOUTS[layout], **CONTEXT, viewer=viewer))
    assert page.title.text == "Judul – CorpU"
    assert page.html["lang"] == "id"
    assert page.main["id"] == page.select_one("a.skip")["href"].removeprefix("#")
    assert "rekaan" in page.select_one("aside.demo").text
    assert page.select_one("a[hreflang=en]")
    assert [s["src"].split("?")[0] for s in page.select("script")] == [
        "/static/js/fold.js",
        "/static/js/autosave.js",
    ]
    for form in page.select("form"):
        assert form["action"]
        assert form.select_one("input[name=csrf_token]")


def test_the_footer_names_agency_verification_privacy_and_access(draw):
    page = soup(draw(LAYOUTS["layout.html"], **CONTEXT, viewer=None))
    text = " ".join(page.footer.text.split())
    assert "BPSDM Provinsi Jawa Timur" in text
    assert "versi 1.0, 24 November 2026" in text
    hrefs = {link["href"] for link in page.footer.select("a")}
    assert {"/verify", "/privasi", "/aksesibilitas", "/about"} <= hrefs


@pytest.mark.parametrize("count", range(1, 11))
def test_every_place_is_reached_once_on_a_phone_and_once_on_a_desk(draw, count):
    page = soup(draw(LAYOUTS["layout.html"], **(CONTEXT | {"nav": places(count)}), viewer=PERSON))

    def shown_without(width_class):
        return [
            link["href"]
            for link in page.select("nav.menu a")
            if not any(width_class in (parent.get("class") or []) for parent in link.parents)
        ]

    everything = sorted(f"/p{n}" for n in range(count))
    assert sorted(shown_without("desk")) == everything  # on a phone, .desk is away
    assert sorted(shown_without("phone")) == everything
    bar = page.select("nav.menu > ul > li")
    assert sum("desk" not in (item.get("class") or []) for item in bar) <= 5
    assert sum("phone" not in (item.get("class") or []) for item in bar) <= 6


def test_what_was_done_is_said_and_an_error_is_announced(bare_app):
    with bare_app.test_request_context("/"), force_locale("id"):
        flash("Tersimpan.", "success")
        flash("Unggah berkas CSV.", "error")
        text = bare_app.jinja_env.from_string(LAYOUTS["layout.html"]).render(**CONTEXT, viewer=None)
    notes = soup(text).select("main .note")
    assert [(note["role"], note.p.text) for note in notes] == [
        ("status", "Tersimpan."),
        ("alert", "Unggah berkas CSV."),
    ]


def test_the_chosen_theme_is_set_by_the_server(draw):
    source = LAYOUTS["layout.html"]
    assert soup(draw(source, **CONTEXT, viewer=None)).html.get("data-theme") is None
    page = soup(draw(source, **CONTEXT, viewer=None, theme="dark"))
    assert page.html["data-theme"] == "dark"


def test_the_page_for_a_broken_day_needs_nothing_from_anyone(bare_app):
    template = bare_app.jinja_env.get_template("errors/bare.html")
    text = template.render(
        status=500, title="Ada yang salah", advice="Coba lagi.", reference="7f3k"
    )
    page = soup(text)
    assert page.h1.text == "Ada yang salah"
    assert "7f3k" in page.text


def test_a_refusal_says_what_happened_and_where_to_go(draw):
    values = {"status": 404, "title": "Halaman ini tidak ada", "advice": "Periksa alamatnya."}
    for viewer in (None, PERSON):
        page = soup(
            draw(
                '{% include "errors/page.html" %}',
                **CONTEXT,
                **values,
                viewer=viewer,
                reference="7f3k",
            )
        )
        assert page.main.select("a[href]")
        assert page.title.text.startswith(page.h1.text)


def test_every_macro_of_the_page_of_components_exists_with_that_signature():
    listed = re.findall(
        r"`(\w+)\(([^`]*)\)`",
        (Path(corpu.__file__).parents[1] / "docs" / "components.md").read_text(encoding="utf-8"),
    )
    defined = {}
    for path in [*TEMPLATES.glob("components/*.html"), *TEMPLATES.glob("charts/*.html")]:
        for name, signature in re.findall(
            r"{% macro (\w+)\((.*?)\) -?%}", path.read_text(encoding="utf-8")
        ):
            defined[name] = signature
    named = dict(listed)
    for name, signature in defined.items():
        if not name.startswith("_"):
            assert named.get(name) == signature, name


def test_goal_colours_pass_contrast_with_the_text_on_them():
    css = (TEMPLATES.parent / "static" / "css" / "app.css").read_text(encoding="utf-8")
    pairs = re.findall(r"\.g(\d+)\s+{ --goal: (#\w+); --on-goal: (#\w+);", css)
    assert [int(number) for number, _, _ in pairs] == list(range(1, 18))
    for number, back, front in pairs:
        assert contrast(back, front) >= 4.5, number


def contrast(one, other):
    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
