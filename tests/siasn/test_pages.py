"""The manager's pages about SIASN, and the commands."""

import csv
import io
import json

import pytest

from corpu.siasn import turns
from corpu.siasn.models import Problem, State
from corpu.siasn.sending import Outcome
from corpu.transactions import unit_of_work
from tests.credentials.world import issue, make_course, make_issuer
from tests.manage import conftest as offices
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.siasn.server import SECRET, SSO
from tests.siasn.test_queue import record, revoke, work_off
from tests.statements import statements

health, division, elsewhere = offices.health, offices.division, offices.elsewhere
mira, jonas, chief, ratna = offices.mira, offices.jonas, offices.chief, offices.ratna
as_chief, as_ratna, entries = offices.as_chief, offices.as_ratna, offices.entries

pytestmark = pytest.mark.usefixtures("drawn")
PLACE = "/manage/siasn"


@pytest.fixture
def at(moment):
    return moment.now


@pytest.fixture
def mine(session, app, health, mira, siasn, at):
    make_issuer(session, health)
    siasn.knows(mira)
    return issue(session, mira, make_course(session, app, health), at)


@pytest.fixture
def theirs(session, app, elsewhere, jonas, siasn, at):
    make_issuer(session, elsewhere)
    siasn.knows(jonas)
    return issue(session, jonas, make_course(session, app, elsewhere), at)


def test_without_keys_all_say_what_is_missing_and_offer_the_table(as_ratna, app, session, mine):
    run = app.test_cli_runner().invoke
    assert "Belum dikonfigurasi: isi CORPU_SIASN_KEY" in run(args=["siasn", "status"]).output
    sent = run(args=["siasn", "send"])
    assert (sent.exit_code, "CORPU_SIASN_SECRET" in sent.output) == (1, True)
    page = text_of(as_ratna.get(PLACE))
    assert "SIASN belum dikonfigurasi" in page
    assert "CORPU_SIASN_SSO_TOKEN" in page
    assert "Belum dikirim" in page
    send_page = as_ratna.get(f"{PLACE}/send")
    assert not send_page.select("main form[method=post]")
    as_ratna.post(f"{PLACE}/send")
    as_ratna.post(f"{PLACE}/{mine.id}/retry")
    assert record(session) is None
    rows = list(csv.reader(io.StringIO(as_ratna.client.get(f"{PLACE}/export.csv").text)))
    assert rows[1][6:8] == [mine.number, mine.snapshot["issuer"]]


def test_what_is_sent_is_first_looked_at(
    as_ratna, session, moment, configured, siasn, mine, theirs, mira, entries
):
    page = as_ratna.get(f"{PLACE}/send")
    assert "21 November 2026" in text_of(page)
    assert "Jonas" not in text_of(page)
    (plan,) = json.loads(as_ratna.client.get(f"{PLACE}/send.json").data)
    assert plan["body"]["nomorSertipikat"] == mine.number
    assert siasn.calls == []
    as_ratna.post(f"{PLACE}/send")
    as_ratna.post(f"{PLACE}/send")
    work_off(session, moment)
    assert record(session).state is State.SENT
    assert [entry.after["rows"] for entry in entries("siasn.queued")] == [1]
    assert plan["body"] | {"pnsOrangId": siasn.people[mira.nip]} == siasn.bodies[0]
    said = text_of(as_ratna.get(f"{PLACE}/{mine.id}"))
    assert "POST kursus/save 24 November 2026" in said
    assert "RW-1" in said
    for secret in (SSO, SECRET, *siasn.tokens):
        assert secret not in said


def test_what_lies_out_of_reach_does_not_exist(as_ratna, session, mine, theirs):
    as_ratna.get(f"{PLACE}/{theirs.id}", status=404)
    as_ratna.post(f"{PLACE}/{theirs.id}/retry", status=404)
    data = {"certificates": [str(theirs.id)], "reason": "Sudah dicatat"}
    as_ratna.post(f"{PLACE}/mark", data, status=404)
    as_ratna.post(f"{PLACE}/mark", data | {"certificates": ["x"]}, status=404)
    assert "Jonas" not in text_of(as_ratna.get(PLACE))
    assert theirs.number not in as_ratna.client.get(f"{PLACE}/export.csv").text
    as_ratna.get(f"{PLACE}/export.ods", status=404)
    assert record(session) is None


def test_a_failure_says_why_who_acts_and_is_tried_again(
    as_ratna, session, moment, configured, siasn, mine, entries
):
    siasn.mood("kursus/save", "no")
    siasn.sso = "token yang lain"
    as_ratna.post(f"{PLACE}/send")
    work_off(session, moment)
    assert "Token SSO sudah kedaluwarsa" in text_of(as_ratna.get(PLACE))
    siasn.sso = SSO
    as_ratna.post(f"{PLACE}/retry")
    work_off(session, moment)
    listed = text_of(as_ratna.get(f"{PLACE}?state=failed&q=mira"))
    assert "SIASN menolak catatan ini." in listed
    page = as_ratna.get(f"{PLACE}/{mine.id}")
    assert "nomor ganda" in text_of(page)
    as_ratna.post(f"{PLACE}/{mine.id}/retry")
    work_off(session, moment)
    assert record(session).state is State.SENT
    assert len(entries("siasn.retried")) == 2
    assert "Tidak ada yang perlu dicoba lagi" in text_of(as_ratna.post(f"{PLACE}/{mine.id}/retry"))


def test_what_people_entered_themselves_is_marked_with_a_reason(
    as_ratna, session, moment, configured, siasn, mine, entries
):
    url = f"{PLACE}/mark"
    page = send(as_ratna, url, status=422, reason=" ")
    assert error_at(page, "reason")
    page = send(as_ratna, url, status=422, reason="Dicatat lewat MyASN")
    assert "Pilih paling sedikit satu catatan." in text_of(page)
    assert "Dicatat lewat MyASN" in text_of(page)
    data = fields_of(page, url) | {"certificates": [str(mine.id)]}
    for _click in range(2):
        as_ratna.post(url, data)
    marked = record(session)
    assert (marked.state, marked.hand_reason) == (State.SENT, "Dicatat lewat MyASN")
    (entry,) = entries("siasn.marked")
    assert (entry.subject_name, entry.reason) == (mine.number, "Dicatat lewat MyASN")
    as_ratna.post(f"{PLACE}/send")
    work_off(session, moment)
    assert siasn.calls == []
    revoke(session, mine, moment)
    assert "Menunggu dihapus" in text_of(as_ratna.get(PLACE))
    send(as_ratna, f"{url}?certificates={mine.id}", reason="Dihapus lewat MyASN")
    assert record(session).state is State.DELETED


def test_what_is_on_its_way_is_not_marked(as_ratna, session, moment, configured, mine):
    as_ratna.post(f"{PLACE}/send")
    with unit_of_work(session):
        claimed = turns.claim(session, at=moment.now)
    data = {"certificates": [str(mine.id)], "reason": "Dicatat lewat MyASN"}
    page = as_ratna.post(f"{PLACE}/mark", data, status=409)
    assert "sedang dikirim" in text_of(page)
    with unit_of_work(session):
        failed = Outcome(claimed.task.wish, problem=Problem.UNKNOWN_NIP, is_final=True)
        turns.settle(session, claimed, failed, at=moment.now)
    as_ratna.post(f"{PLACE}/mark", data)
    assert record(session).state is State.SENT


def test_the_list_costs_the_same_for_many(session, app, as_chief, health, mine, mira, at):
    with statements() as one:
        as_chief.get(PLACE)
    for _more in range(3):
        issue(session, mira, make_course(session, app, health), at)
    with statements() as many:
        as_chief.get(PLACE)
    assert len(many) == len(one) <= 7


def test_the_commands_say_and_do_the_same(
    app, session, moment, configured, siasn, mine, theirs, tmp_path
):
    run = app.test_cli_runner().invoke
    assert "Belum dikirim: 2" in run(args=["siasn", "status"]).output
    planned = json.loads(run(args=["siasn", "send", "--dry-run"]).output)
    assert [one["body"]["nomorSertipikat"] for one in planned] == [mine.number, theirs.number]
    assert siasn.calls == []
    for name in ("daftar.csv", "daftar.xlsx"):
        assert "2 baris" in run(args=["siasn", "export", str(tmp_path / name)]).output
    assert run(args=["siasn", "export", str(tmp_path / "daftar.pdf")]).exit_code == 1
    assert "2 baru diantrekan" in run(args=["siasn", "send"]).output
    work_off(session, moment)
    status = run(args=["siasn", "status"]).output
    assert "Terkirim: 2" in status
    for secret in (SSO, SECRET):
        assert secret not in status
