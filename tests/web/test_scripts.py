"""What the scripts promise, seen in a real browser: an answer given is an answer kept."""

from queue import Queue
from threading import Thread

import pytest
from flask import Flask, Response, jsonify, request
from flask_babel import force_locale
from werkzeug.serving import make_server

from corpu.assets import Serving

QUIZ = """
<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Kuis</title>
<script type="module" src="{{ static_url("js/autosave.js") }}"></script>
<script type="module" src="{{ static_url("js/timer.js") }}"></script></head><body><h1>Kuis</h1>
{% from "components/quiz.html" import save_state, countdown, question_nav %}
{{ save_state("/login") }}{{ countdown(deadline, now, "quiz", "10.00 WIB") }}{{ question_nav(nav) }}
<form id="quiz" method="post" action="/submit" data-save-url="/save">
<input type="hidden" name="csrf_token" value="token">
<fieldset data-question="q1" data-counter="{{ counter }}"><legend>Satu</legend>
<label><input type="radio" name="q1" value="a">A</label>
<label><input type="radio" name="q1" value="b">B</label>
<label><input type="checkbox" name="doubt-q1" data-doubt>Ragu</label></fieldset>
<fieldset data-question="q2"><legend>Dua</legend>
<label><input type="checkbox" name="q2" value="a">A</label>
<label><input type="checkbox" name="q2" value="b">B</label></fieldset>
<fieldset data-question="q3"><legend>Tiga</legend>
<label>Isi <input name="q3" id="q3"></label></fieldset>
<fieldset data-question="q4"><legend>Empat</legend>
<label>X <select name="q4-x"><option value=""></option><option>1</option></select></label>
<label>Y <select name="q4-y"><option value=""></option><option>2</option></select></label>
</fieldset>
<button>Kumpulkan</button></form></body></html>
"""
READING = """
<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Baca</title>
<script type="module" src="{{ static_url("js/place.js") }}"></script></head><body><h1>Baca</h1>
<article data-place-url="/place" data-csrf="token">{% for n in range(40) %}<p>Teks.</p>{% endfor %}
<h2 id="dua">Dua</h2>{% for n in range(40) %}<p>Teks.</p>{% endfor %}</article></body></html>
"""


class Site:
    """A server with the scripts and a quiz that notes what it receives."""

    def __init__(self, bare_app):
        self.received, self.places, self.submitted = [], Queue(), 0
        self.status, self.reply, self.counter = 200, {"saved_at": "09.42 WIB"}, 0
        self.minutes = 30
        app = Flask("scripts")
        app.wsgi_app = Serving(app.wsgi_app, bare_app.extensions["assets"])

        @app.get("/quiz")
        def quiz():
            with bare_app.test_request_context("/"), force_locale("id"):
                return bare_app.jinja_env.from_string(QUIZ).render(
                    counter=self.counter,
                    now="2026-11-24T02:00:00+00:00",
                    deadline=f"2026-11-24T02:{self.minutes:02}:00+00:00",
                    nav=[{"number": 1, "id": "q1", "answered": False, "doubt": False}],
                )

        @app.get("/reading")
        def reading():
            with bare_app.test_request_context("/"):
                return bare_app.jinja_env.from_string(READING).render()

        @app.post("/save")
        def save():
            if self.status == 200:
                assert request.headers["X-CSRFToken"] == "token"
                self.received.append(request.get_json())
            return jsonify(self.reply), self.status

        @app.post("/place")
        def place():
            self.places.put(request.form["place"])
            return "", 204

        @app.post("/submit")
        def submit():
            self.submitted += 1
            return "<title>Hasil</title>"

        @app.get("/result")
        def result():
            return Response("<title>Hasil</title>")

        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.port}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site(bare_app):
    site = Site(bare_app)
    yield site
    site.close()


@pytest.fixture
def tab(chromium, site):
    context = chromium.new_context(base_url=site.address)
    page = context.new_page()
    mistakes = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    context.close()
    assert not mistakes


def state(tab, text):
    tab.locator("[data-save-state]", has_text=text).wait_for(timeout=5000)


def last(site):
    return site.received[-1]


def test_what_was_answered_before_the_script_came_is_kept_too(tab, site):
    """On a slow connection people read and answer while the script is still on its way."""
    late = []
    tab.route("**/autosave.js*", lambda route: late.append(route))
    tab.goto("/quiz", wait_until="commit")
    tab.get_by_role("radio", name="B").check()
    tab.locator("[name=q4-y]").select_option("2")
    (route,) = late
    route.continue_()
    state(tab, "Tersimpan 09.42 WIB")
    tab.wait_for_function("Object.keys(JSON.parse(localStorage[localStorage.key(0)]).waiting) == 0")
    kept = [(one["question"], one["answer"]) for one in site.received]
    assert kept == [("q1", "b"), ("q4", {"q4-x": "", "q4-y": "2"})]


def test_an_answer_is_sent_as_it_is_given(tab, site):
    tab.goto("/quiz")
    tab.check("[name=q1][value=b]")
    state(tab, "Tersimpan 09.42 WIB")
    assert last(site) == {"question": "q1", "answer": "b", "counter": 1, "doubt": False}
    assert "answered" in tab.locator("[data-question-link=q1]").get_attribute("class")


def test_each_kind_of_question_has_its_shape(tab, site):
    tab.goto("/quiz")
    tab.check("[name=q2][value=a]")
    tab.check("[name=q2][value=b]")
    tab.fill("#q3", "air")
    tab.press("#q3", "Tab")
    tab.select_option("[name=q4-x]", "1")
    with tab.expect_response("**/save"):
        tab.select_option("[name=q4-y]", "2")
    tab.wait_for_function("Object.keys(JSON.parse(localStorage[localStorage.key(0)]).waiting) == 0")
    newest = {item["question"]: item["answer"] for item in site.received}
    assert newest == {"q2": ["a", "b"], "q3": "air", "q4": {"q4-x": "1", "q4-y": "2"}}


def test_the_counter_goes_on_from_what_the_server_has_seen(tab, site):
    site.counter = 7
    tab.goto("/quiz")
    tab.check("[name=q1][value=a]")
    state(tab, "Tersimpan")
    assert last(site)["counter"] == 8


def test_without_a_connection_the_answer_waits_and_the_newest_is_sent(tab, site):
    tab.goto("/quiz")
    tab.context.set_offline(True)
    tab.check("[name=q1][value=a]")
    tab.check("[name=q1][value=b]")
    state(tab, "Belum terkirim")
    assert site.received == []
    tab.context.set_offline(False)
    state(tab, "Tersimpan 09.42 WIB")
    assert [item["answer"] for item in site.received] == ["b"]


def test_an_answer_survives_a_closed_page(tab, site):
    site.status = 503
    tab.goto("/quiz")
    tab.check("[name=q1][value=b]")
    tab.check("[data-doubt]")
    state(tab, "Belum terkirim")
    site.status = 200
    tab.reload()
    state(tab, "Tersimpan")
    assert tab.is_checked("[name=q1][value=b]")
    assert (last(site)["answer"], last(site)["doubt"]) == ("b", True)


def test_what_the_server_has_seen_newer_is_not_undone_by_an_old_device(tab, site):
    site.status = 503
    tab.goto("/quiz")
    tab.check("[name=q1][value=b]")
    state(tab, "Belum terkirim")
    site.status, site.counter = 200, 5
    tab.reload()
    tab.wait_for_load_state("networkidle")
    assert site.received == []
    assert not tab.is_checked("[name=q1][value=b]")


def test_an_ended_session_leads_to_signing_in_and_keeps_the_answer(tab, site):
    site.status, site.reply = 401, {}
    tab.goto("/quiz")
    tab.check("[name=q1][value=b]")
    state(tab, "Sesi Anda berakhir")
    assert tab.locator("[data-save-state] a").get_attribute("href") == "/login"
    site.status, site.reply = 200, {"saved_at": "09.50 WIB"}
    tab.reload()
    state(tab, "Tersimpan 09.50 WIB")
    assert last(site)["answer"] == "b"


@pytest.mark.parametrize("status", [400, 403])
def test_a_page_gone_stale_does_not_lose_the_answer(tab, site, status):
    site.status = status
    tab.goto("/quiz")
    tab.check("[name=q1][value=b]")
    state(tab, "Muat ulang")
    site.status = 200
    tab.reload()
    state(tab, "Tersimpan")
    assert last(site)["answer"] == "b"


def test_a_refused_answer_says_why_and_does_not_block_the_others(tab, site):
    site.status, site.reply = 422, {"message": "Jawaban terlalu panjang."}
    tab.goto("/quiz")
    tab.check("[name=q1][value=b]")
    state(tab, "Jawaban terlalu panjang.")
    site.status, site.reply = 200, {}
    tab.check("[name=q2][value=a]")
    state(tab, "Tersimpan")
    assert last(site)["question"] == "q2"


def test_an_attempt_that_is_over_leads_to_its_result(tab, site):
    site.status, site.reply = 409, {"result": "/result"}
    tab.goto("/quiz")
    with tab.expect_navigation(url="**/result"):
        tab.locator("[name=q1][value=b]").dispatch_event("click")
    assert tab.evaluate("localStorage.length") == 0


def test_the_time_is_announced_and_at_zero_the_answers_are_sent(tab, site):
    site.minutes = 11
    tab.clock.install()
    tab.goto("/quiz")
    assert tab.locator("[data-announce]").inner_text() == ""
    tab.clock.run_for(61_000)
    assert tab.locator("[data-announce]").inner_text().startswith("Sisa waktu")
    with tab.expect_navigation():
        tab.clock.run_for(11 * 60_000)
    assert site.submitted == 1


def test_the_server_s_clock_counts_and_not_the_phone_s(tab, site):
    site.minutes = 30
    tab.clock.install(time="2019-01-01T00:00:00Z")
    tab.goto("/quiz")
    tab.wait_for_function(
        "document.querySelector('[data-time-left]').textContent.includes('menit')"
    )
    assert tab.locator("[data-time-left]").inner_text() in ("30 menit", "29 menit 59 detik")


def test_the_heading_last_read_is_remembered_on_leaving(tab, site):
    tab.goto("/reading")
    tab.evaluate("document.getElementById('dua').scrollIntoView()")
    tab.goto("/result")
    assert site.places.get(timeout=5) == "dua"


def test_a_page_only_opened_sends_nothing(tab, site):
    tab.goto("/reading")
    tab.goto("/result")
    tab.wait_for_load_state("networkidle")
    assert site.places.empty()
