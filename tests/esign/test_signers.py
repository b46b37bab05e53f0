"""What a signature is worth: made by a key, made by BSrE, looked at by others' tools."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from config import Esign
from corpu.credentials.pdf import is_archival
from corpu.esign import bsre as bsre_signer
from corpu.esign import pades
from corpu.esign.models import Problem
from corpu.esign.signers import Note, NotSigned, Secret, asks
from corpu.signing import pdf_check, pdf_reader
from tests.esign import pki, server
from tests.esign.server import NIK

NOTE = Note("Surabaya", "https://corpu.contoh.go.id/verify/CV35")


def by_key(folder, secret="", **more):
    key, root = pki.open_pem(folder)
    return pades.Signer(
        Esign(signer="pades", key=str(key), trust=str(root), **more), Secret(secret)
    )


@pytest.fixture
def signed(document, tmp_path, moment):
    return by_key(tmp_path).sign(document, NOTE).data


@pytest.fixture
def remote(service_process, bsre, moment):
    def sign(document, phrase=pki.PHRASE, **more):
        where = Esign(
            signer="bsre",
            url=service_process[1],
            user=server.USER,
            **{"password": server.PASSWORD, "timeout": 5.0} | more,
        )
        return bsre_signer.Signer(where, Secret(phrase, NIK)).sign(document, NOTE)

    return sign


def refusal(sign, *args, **more):
    with pytest.raises(NotSigned) as refused:
        sign(*args, **more)
    return refused.value


# ------------------------------------------------------------------------------ by one's own key


def test_the_signature_stands_behind_the_untouched_document(document, signed, tmp_path):
    assert signed.startswith(document)
    assert is_archival(signed)
    look = pdf_reader.read(signed, (tmp_path / "akar.pem").read_bytes())
    (one,) = look["signatures"]
    assert (one["signer"], one["issuer"]) == (pki.OFFICIAL, "Akar Uji")
    assert (one["intact"], one["whole"], one["trusted"]) == (True, True, True)
    assert '"number":"800.2/00012/BPSDM/XII/2026"' in look["content"]


def test_another_program_finds_it_valid_too(signed, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    said = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "signed.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert "Signature is Valid" in said
    assert "ETSI.CAdES.detached" in said
    assert "Total document signed" in said
    assert pki.OFFICIAL in said


def test_it_says_where_to_check_and_keeps_the_rules_of_archive_and_access(signed, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    reader = PdfReader(tmp_path / "signed.pdf")
    field = reader.trailer["/Root"]["/AcroForm"]["/Fields"][0].get_object()
    assert NOTE.address in field["/V"]["/Reason"]
    assert field["/TU"] == pades.FIELD_WORDS
    assert field["/F"] & 0b100  # printed, as PDF/A asks of every annotation
    assert not field["/F"] & 0b100011  # and none of hidden, invisible, no view
    assert field["/Rect"][0] < 0  # off the page, as PDF/UA asks of one that no text describes


def test_a_timestamp_server_says_when(document, tmp_path, service_process, moment):
    pen = by_key(tmp_path, timestamp_url=service_process[1] + "/tsa", timeout=5.0)
    (one,) = pdf_reader.read(pen.sign(document, NOTE).data)["signatures"]
    assert (one["stamped"], one["intact"], one["whole"]) == (True, True, True)


def test_a_long_term_signature_brings_its_proofs(document, tmp_path, service_process, moment):
    pen = by_key(tmp_path, timestamp_url=service_process[1] + "/tsa", timeout=5.0, level="b-lt")
    data = pen.sign(document, NOTE).data
    (tmp_path / "signed.pdf").write_bytes(data)
    assert "/DSS" in PdfReader(tmp_path / "signed.pdf").trailer["/Root"]


def test_a_timestamp_server_that_is_away_leaves_it_unsigned(document, tmp_path, moment):
    pen = by_key(tmp_path, timestamp_url="http://127.0.0.1:9/tsa", timeout=5.0)
    assert refusal(pen.sign, document, NOTE).problem is Problem.NO_TIME


def test_a_key_file_opens_with_its_passphrase_only(document, tmp_path, moment):
    key, _root = pki.p12(tmp_path, is_rsa=True)
    where = Esign(signer="pades", key=str(key))
    assert asks(where)
    data = pades.Signer(where, Secret(pki.PHRASE)).sign(document, NOTE).data
    assert pdf_reader.read(data)["signatures"][0]["intact"]
    wrong = refusal(pades.Signer, where, Secret("salah"))
    assert (wrong.problem, wrong.detail) == (Problem.WRONG_PASSPHRASE, "")
    assert not asks(Esign(signer="pades", key=str(key), passphrase=pki.PHRASE))
    assert not asks(Esign(signer="pades", key=str(pki.open_pem(tmp_path)[0])))


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nx"])
def test_a_key_file_that_is_none_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "kunci"
    if content is not None:
        path.write_bytes(content)
    found = refusal(pades.Signer, Esign(signer="pades", key=str(path)), Secret("x"))
    assert found.problem in (Problem.KEY, Problem.WRONG_PASSPHRASE)


def test_an_ended_certificate_signs_nothing(document, tmp_path, moment):
    key, _root = pki.p12(tmp_path, ended=True)
    pen = pades.Signer(Esign(signer="pades", key=str(key)), Secret(pki.PHRASE))
    assert refusal(pen.sign, document, NOTE).problem is Problem.CERTIFICATE


# --------------------------------------------------------------------------------- any one byte


@settings(max_examples=40)
@given(choice=st.data())
def test_any_byte_that_changes_is_noticed(small_signed, choice):
    """In the signed range; the signature itself lies in the gap, and the kept bytes are known by
    their SHA-256, which is about all of them."""
    data, (begin, end, after, length) = small_signed
    signed_bytes = st.one_of(st.integers(begin, end - 1), st.integers(after, after + length - 1))
    place = choice.draw(signed_bytes)
    flipped = choice.draw(st.integers(1, 255))
    changed = data[:place] + bytes([data[place] ^ flipped]) + data[place + 1 :]
    try:
        found = pdf_reader.read(changed)["signatures"]
    except pdf_reader.Unreadable:
        return
    assert not any(one["intact"] and one["whole"] for one in found)


@pytest.fixture(scope="module")
def small_signed(document, tmp_path_factory):
    data = by_key(tmp_path_factory.mktemp("kunci")).sign(document, NOTE).data
    text = data.rpartition(b"/ByteRange [")[2].partition(b"]")[0]
    begin, end, after, length = (int(number) for number in text.split())
    assert (begin, after + length) == (0, len(data))
    return data, (begin, end, after, length)


def test_what_is_added_behind_is_noticed(signed):
    (one,) = pdf_reader.read(signed + b"\n% tambahan\n")["signatures"]
    assert not one["whole"]


def test_a_file_of_a_stranger_is_read_in_a_process_with_bounds(signed, tmp_path):
    root = (tmp_path / "akar.pem").read_bytes()
    look = pdf_check.look(signed, root)
    (one,) = look.signatures
    assert (one.signer, one.holds, one.is_trusted) == (pki.OFFICIAL, True, True)
    assert look.content["number"] == "800.2/00012/BPSDM/XII/2026"
    assert pdf_check.look(b"%PDF-1.7 tanpa apa pun").signatures == ()
    assert pdf_check.look(b"%PDF-1.7 /ByteRange omong kosong").signatures is None


# -------------------------------------------------------------------------------------- by BSrE


@pytest.mark.parametrize("mood", [None, "json"])
def test_bsre_signs_what_it_is_given(remote, bsre, document, mood):
    bsre.mood(mood)
    done = remote(document)
    assert done.data.startswith(document)
    assert (done.signer, done.remote_id) == (pki.OFFICIAL, "dok-1")
    (form,) = bsre.forms
    assert form["nik"].decode() == NIK
    assert form["tampilan"] == b"invisible"
    assert NOTE.address in form["reason"].decode()


@pytest.mark.parametrize(
    ("mood", "problem"),
    [
        (500, Problem.NO_ANSWER),
        (429, Problem.NO_ANSWER),
        ("torn", Problem.NO_ANSWER),
        ("html", Problem.UNREADABLE),
        ("other", Problem.UNREADABLE),
        ("unsigned", Problem.ALTERED),
        ("broken", Problem.ALTERED),
        ("changed", Problem.ALTERED),
        ((400, {"status_code": 2011, "error": "User belum terdaftar"}), Problem.UNKNOWN_SIGNER),
        ((400, {"error": "Sertifikat sudah expired"}), Problem.CERTIFICATE),
        ((400, {"message": "Format file salah"}), Problem.REFUSED),
        ((400, ["apa"]), Problem.REFUSED),
        ((200, {"pesan": "tanpa id"}), Problem.UNREADABLE),
    ],
)
def test_each_answer_of_bsre_has_a_plain_meaning(remote, bsre, document, mood, problem):
    bsre.mood(mood)
    assert refusal(remote, document).problem is problem


def test_a_wrong_passphrase_is_said_without_repeating_it(remote, document):
    wrong = refusal(remote, document, phrase="rahasia keliru")
    assert wrong.problem is Problem.WRONG_PASSPHRASE
    assert wrong.detail == "Passphrase anda salah: •••"


def test_bsre_that_refuses_this_server_or_is_silent_is_told_apart(remote, bsre, document):
    assert refusal(remote, document, password="lain").problem is Problem.CREDENTIALS
    bsre.mood("slow")
    assert refusal(remote, document, timeout=0.05).problem is Problem.NO_ANSWER


def test_nothing_that_was_entered_is_written_by_accident(tmp_path):
    secret = Secret(pki.PHRASE, NIK)
    assert pki.PHRASE not in repr(secret)
    assert NIK not in repr(secret)
