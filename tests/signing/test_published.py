"""What machines read: the keys, the log, and its head, signed."""

import json
from datetime import datetime

import pytest
from sqlalchemy import select

from corpu.jobs import run_until_idle
from corpu.signing import heads, log, queries, service, views
from corpu.signing.models import SigningKey
from corpu.signing.rules import Entry, Verdict, What, faults, subject_of
from corpu.signing.vault import Vault
from tests.statements import statements

HEAD, LOG = "/.well-known/corpu-log.json", "/.well-known/corpu-log"


@pytest.fixture
def written(session, agency, at):
    """A key and four acts in the log: five entries."""
    service.ensure_key(session, at=at)
    for name in "abcd":
        log.ask(session, What.ISSUED, subject=subject_of(name), content=subject_of(name), at=at)
    session.commit()
    run_until_idle(session, lambda: at)


def read_entry(said):
    """As anybody else would recompute it."""
    moments = {key: datetime.fromisoformat(said[key]) for key in ("at", "logged_at")}
    return Entry(**(said | moments | {"what": What(said["what"])}))


def test_the_head_is_signed_and_belongs_to_the_log(browser, session, written):
    with statements() as seen:
        answer = browser.client.get(HEAD)
    assert len(seen) <= 2, seen
    assert "Set-Cookie" not in answer.headers
    head = heads.read_head(answer.data)
    last = queries.head(session)
    assert (head.position, head.hash) == (5, last.hash)
    keys = queries.published_keys(session)
    assert head.verdict(keys) is Verdict.VALID
    moved = heads.read_head(answer.data.replace(b'"position": 5', b'"position": 6'))
    assert moved.verdict(keys) is Verdict.WRONG


def test_whoever_reads_the_pages_can_recompute_the_chain(browser, written, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    found, start = [], 1
    while start:
        answer = browser.client.get(f"{LOG}/{start}")
        is_full = answer.json["next"] is not None
        assert ("immutable" in answer.headers["Cache-Control"]) is is_full
        found += map(read_entry, answer.json["entries"])
        start = answer.json["next"]
    assert len(found) == 5
    assert list(faults(found)) == []


def test_a_page_that_is_not_there_yet_is_empty_and_none_before_the_first(browser, written):
    answer = browser.client.get(f"{LOG}/99")
    assert (answer.json["entries"], answer.json["next"]) == ([], None)
    for path in ("0", "-1", "x", "9" * 30):
        assert browser.client.get(f"{LOG}/{path}").status_code == 404


def test_before_the_first_key_there_is_an_empty_head_and_nothing_is_made(browser, session, agency):
    said = browser.client.get(HEAD).json
    assert (said["position"], said["kid"], said["signature"]) == (0, None, None)
    assert browser.client.get("/.well-known/corpu-keys.json").json["keys"] == []
    assert session.scalar(select(SigningKey)) is None


def test_where_the_secret_is_lost_the_head_is_there_unsigned(browser, app, written, monkeypatch):
    monkeypatch.setitem(app.extensions, "vault", Vault(""))
    said = browser.client.get(HEAD).json
    assert (said["position"], said["signature"]) == (5, None)


@pytest.mark.parametrize(
    "text",
    [b"", b"{}", b"[1]", b"\xff", b"[" * 9000, b'{"format": "corpu-log/9"}', b"null"],
)
def test_a_file_that_is_no_head_is_refused(text):
    with pytest.raises(heads.BadHead):
        heads.read_head(text)
    said = {"format": "corpu-log/1", "position": 1, "hash": "x", "at": "kemarin"}
    with pytest.raises(heads.BadHead):
        heads.read_head(json.dumps(said | {"kid": None, "signature": None}).encode())
