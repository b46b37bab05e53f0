"""A list of certificates, answered by a signed file."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpu.credentials import answer_file, bulk
from corpu.credentials.answers import Question
from corpu.credentials.offline import known_keys
from corpu.signing.rules import PublicKey, Signature, Verdict, kid_of
from corpu.workbooks import as_xlsx
from tests.conftest import NOON
from tests.credentials.samples import KEY, PUBLIC
from tests.credentials.world import bpsdm, issue, make_course, revoked
from tests.factories import make_person

HERE = "/verify/bulk"


@pytest.fixture
def two(session, app, mira, at):
    """One that stands and one that was revoked."""
    course = make_course(session, app, bpsdm(session))
    stands, gone = (
        issue(session, mira, course, at),
        issue(session, make_person(session), course, at),
    )
    revoked(session, gone.id, at, reason="Keliru")
    session.commit()
    return stands, gone


def sent(app, **fields):
    """The answer as it came, once it is a ZIP."""
    response = app.test_client().post(HERE, data=fields)
    assert response.status_code == 200, response.text[:500]
    assert response.mimetype == "application/zip"
    assert "Set-Cookie" not in response.headers
    return response.data


def opened(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_pasted_list_is_answered_row_by_row_and_signed(app, session, two, mira):
    stands, gone = two
    lines = [stands.code, "", gone.code, stands.code, "=HYPERLINK(1)"]
    lines += [
        f"{stands.number};{second}" for second in ("Mira Lestari", mira.nip, "Mira, S.E.", "")
    ]
    pasted = "\r\n".join(lines)
    parts = opened(data := sent(app, listed=pasted))
    assert sorted(parts) == ["jawaban.csv", "jawaban.json", "jawaban.xlsx"]
    rows = list(csv.DictReader(io.StringIO(parts["jawaban.csv"].decode("utf-8-sig"))))
    assert [(row["baris"], row["keadaan"]) for row in rows] == [
        ("1", "valid"),
        ("3", "revoked"),
        ("5", "incomplete"),
        ("6", "valid"),
        ("7", "valid"),
        ("8", "unknown"),
        ("9", "incomplete"),
    ]
    assert rows[2]["nomor"] == "'=HYPERLINK(1)", "a spreadsheet computes nothing of a stranger's"
    assert rows[1]["dicabut"] == "2026-11-24"
    assert rows[0]["nip_di_sertifikat"].endswith(mira.nip[-3:])
    assert mira.nip not in json.dumps(rows[:4])
    found = answer_file.check(data, known_keys(session))
    assert found.holds
    assert [item["state"] for item in found.content["items"]] == [row["keadaan"] for row in rows]
    assert found.content["items"][3]["asked"] == {"number": stands.number, "name": "Mira Lestari"}


def test_a_table_is_known_by_its_headings(app, two, mira):
    stands, gone = two
    heading = ["No.", "Nama Lengkap", "Nomor Sertifikat", "NIP", "Catatan"]
    rows = [
        [1, "Mira Lestari", stands.number, f"'{mira.nip}", "x"],
        [2, "Orang Lain", gone.number, "", ""],
    ]
    workbook = as_xlsx("daftar", heading, rows)
    parts = opened(sent(app, file=(io.BytesIO(workbook), "daftar.xlsx")))
    items = json.loads(parts["jawaban.json"])["content"]["items"]
    assert [one["state"] for one in items] == ["valid", "unknown"]


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({}, 422, "Tempel kodenya"),
        ({"listed": " \n \n"}, 422, "Tempel kodenya"),
        ({"listed": "x\n" + "\n".join(str(n) for n in range(3001))}, 422, "3.000 baris"),
        ({"file": b"a\n" * 6000}, 422, "5000 baris"),
        ({"file": b"PK\x03\x04zzz"}, 422, "utuh"),
        ({"listed": "x" * 10_000_000}, 413, "413"),
    ],
)
def test_what_is_no_list_is_refused_at_its_field(app, session, agency, fields, status, said):
    data = dict(fields)
    if "file" in data:
        data["file"] = (io.BytesIO(data["file"]), "x.csv")
    response = app.test_client().post(HERE, data=data)
    assert response.status_code == status
    assert said in response.text
    if "listed" in fields and status == 422 and fields["listed"].strip():
        assert fields["listed"][:20] in response.text, "what was typed is still there"


def test_the_console_checks_the_file_and_finds_any_change(app, session, two, tmp_path):
    data = sent(app, listed=two[0].code)
    runner = app.test_cli_runner()

    def said(name, content):
        (tmp_path / name).write_bytes(content)
        return runner.invoke(args=["certificates", "verify", str(tmp_path / name)])

    told = said("jawaban.zip", data)
    assert told.exit_code == 0
    assert "TANDA TANGAN BERLAKU" in told.output
    assert "1 sertifikat: valid 1" in told.output
    parts = opened(data)
    assert said("satu.json", parts["jawaban.json"]).exit_code == 0
    changed = said("ubah.json", parts["jawaban.json"].replace(b"Mira", b"Lina"))
    assert changed.exit_code == 1
    assert "diubah sesudah" in changed.output
    parts["jawaban.csv"] = parts["jawaban.csv"].replace(b"valid", b"VALID")
    table = said("tabel.zip", answer_file.zipped(parts.items(), NOON))
    assert "BERUBAH: jawaban.csv" in table.output
    cut = said("rusak.json", b'{"format": "corpu-answer/1", "content": {}}')
    assert "tidak utuh" in cut.output


CONTENT = answer_file.content_of(
    [{"row": 1, "asked": {"code": "X"}, "state": "valid"}],
    {"a": b"b"},
    issuer="https://x/",
    at=NOON,
)
SIGNATURE = Signature(kid_of(PUBLIC), KEY.sign(answer_file.signed_bytes(CONTENT)), NOON)
FILE = answer_file.written(CONTENT, SIGNATURE)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_any_changed_byte_that_changes_what_is_said_is_found(place, change):
    keys = [PublicKey(kid_of(PUBLIC), PUBLIC, "Uji", NOON)]
    altered = bytearray(FILE)
    altered[place] ^= change
    try:
        found = answer_file.check(bytes(altered), keys)
    except answer_file.BadAnswer:
        return
    assert found.verdict is not Verdict.VALID or found.content == CONTENT


@settings(max_examples=40)
@given(st.lists(st.lists(st.text(max_size=20), max_size=4), max_size=8))
def test_any_table_is_read_into_questions_or_refused(table):
    try:
        found = bulk.questions(table)
    except bulk.NothingAsked:
        return
    places = [place for place, _asked in found]
    assert places == sorted(set(places))
    assert len({asked for _place, asked in found}) == len(found)
    assert Question() not in {asked for _place, asked in found}
