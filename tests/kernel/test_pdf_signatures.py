"""Signatures in the PDFs of others: intact or not, by whom, and never trusted without a root."""

import pytest
from pyhanko.pdf_utils.misc import PdfReadError

from config import BadSetting, Settings
from corpu import pdf_signatures
from corpu.pdf_signatures import NotRead, Trust, signatures_of
from tests.pdf_signing import ROOT, SIGNER, looked_at_apart, signed_pdf, with_more


def verdict(data, roots):
    (found,) = looked_at_apart(data, roots)
    return found["is_intact"], found["trust"], found["root"]


def test_a_signature_is_trusted_only_where_a_root_is():
    data, root = signed_pdf()
    (found,) = signatures_of(data, root)
    assert (found.signer, found.is_intact) == (SIGNER, True)
    assert (found.trust, found.root) == (Trust.NOW, ROOT)
    assert verdict(data, "") == (True, "none", "")


def test_what_was_changed_or_added_is_no_longer_intact():
    data, root = signed_pdf()
    place = data.index(b"/MediaBox")
    changed = data[:place] + data[place:].replace(b"612", b"611", 1)
    assert verdict(data, root) == (True, "now", ROOT)
    for altered in (changed, with_more(data)):
        assert verdict(altered, root) == (False, "none", "")


def test_a_file_without_signatures_starts_no_process(monkeypatch):
    monkeypatch.setattr(pdf_signatures.subprocess, "run", None)
    assert signatures_of(b"%PDF-1.7 %%EOF", "") == []


# The last never ends by itself: it is ended after a fifth of a second.
@pytest.mark.parametrize("end", ["raise ValueError", "print('[')", "import time; time.sleep(9)"])
def test_what_cannot_be_read_is_said_to_be_so(monkeypatch, tmp_path, end):
    with pytest.raises(PdfReadError):
        looked_at_apart(b"%PDF-1.7 /ByteRange [0 1 2 3] %%EOF", "")
    (tmp_path / "worker.py").write_text(end)
    monkeypatch.setattr(pdf_signatures, "WORKER", tmp_path / "worker.py")
    monkeypatch.setattr(pdf_signatures, "TIMEOUT_SECONDS", 0.2)
    with pytest.raises(NotRead):
        signatures_of(b"%PDF-1.7 /ByteRange [0 1 2 3] %%EOF", "")


def test_roots_that_are_none_stop_the_start(tmp_path):
    (tmp_path / "roots.pem").write_text(signed_pdf()[1])
    (tmp_path / "notes.txt").write_text("belum ada")
    given = {"CORPU_MODE": "demo", "CORPU_INSTANCE": str(tmp_path / "instance")}

    def roots(name):
        named = str(tmp_path / name) if name else ""
        return Settings.from_environment(given | {"CORPU_TTE_TRUST": named}).esign.trust

    assert roots("") == ""
    assert roots("roots.pem") == str(tmp_path / "roots.pem")
    for wrong in ("notes.txt", "tidak-ada.pem"):
        with pytest.raises(BadSetting, match="CORPU_TTE_TRUST"):
            roots(wrong)
