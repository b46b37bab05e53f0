"""The checker in the browser: from a file on disk without a network, and on /verify by photo."""

import io
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pikepdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageFilter
from playwright.sync_api import expect
from sqlalchemy import select

from corpu.credentials import documents, offline
from corpu.credentials.checking import Finding, check
from corpu.credentials.models import Certificate
from corpu.extensions import db
from corpu.signing.rules import PublicKey, kid_of
from tests.browser import world
from tests.browsing import PHONE, Watch
from tests.credentials import qr
from tests.credentials.samples import KEY, sample, signed_text

RETIRED, STOLEN, STRANGER = (
    Ed25519PrivateKey.from_private_bytes(bytes([n] * 32)) for n in (1, 2, 3)
)
MADE, LATER = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def public(key, **life):
    raw = key.public_key().public_bytes_raw()
    return PublicKey(kid_of(raw), raw, "BPSDM Provinsi Contoh", MADE, **life)


PINNED = [
    public(KEY),
    public(RETIRED, retired_at=LATER),
    public(STOLEN, compromised_at=LATER, compromised_why="Laptop hilang"),
]
PAPERS = [
    sample(),
    sample(demo=True, nip="", jp=Decimal("120.25"), issued_on=date(2026, 3, 1)),
    sample(name="محمد رحمة", course_title="ꦧꦸꦢꦶ ꦱꦤ꧀ꦠꦺꦴꦱ"),
    sample(name="Raden Mas Haryo Panembahan Suryaningrat " * 3, course_title="Zat " * 60),
    sample(valid_until=date(2026, 12, 31)),  # the day before both are asked
    sample(valid_until=date(2027, 1, 1)),
]


def texts() -> list[str]:
    """True ones by each key, and each of them with one letter changed somewhere."""
    true = [
        signed_text(paper, key=key) for paper in PAPERS for key in (KEY, RETIRED, STOLEN, STRANGER)
    ]
    chance, found = random.Random(4), [*true, "", "halo", "https://a.id/verify/x#", true[0] + "A"]
    for text in true[:8]:
        for _ in range(6):
            place = chance.randrange(len(text))
            other = chance.choice("ABCxyz0189-_#é ")
            found.append(text[:place] + other + text[place + 1 :])
    return found


def test_the_file_on_disk_checks_without_a_network(shared_site, chromium, tmp_path, monkeypatch):
    monkeypatch.setattr(offline, "known_keys", lambda _session: PINNED)
    path = tmp_path / "pemeriksa.html"
    with shared_site.app.test_request_context():
        path.write_text(offline.file(db.session(), at=LATER), encoding="utf-8")
    context = chromium.new_context(viewport=PHONE, locale="id-ID", offline=True)
    watch, page = Watch(context, "file:///"), context.new_page()
    page.goto(path.as_uri())
    result = page.locator("[data-language]:visible [data-result]")

    def paste(text):
        page.locator("textarea:visible").fill(text)
        page.locator("form button:visible").click()

    good = signed_text(PAPERS[0])
    paste(good)
    expect(result).to_contain_text("Tanda tangan QR ini berlaku")
    for words in ("Dr. Mira Ma’ruf, S.Sos., M.Si.", PAPERS[0].number, "2,5 JP", "••• 908"):
        expect(result).to_contain_text(words)
    expect(result).to_contain_text("12 Desember 2026")
    expect(result).to_contain_text("Tidak ada jaringan")
    for text, title in (
        (good.replace("verify/CV35", "verify/CV36"), "QR ini diubah atau tiruan"),
        (signed_text(PAPERS[0], key=STRANGER), "Penanda tangan QR ini tidak dikenal"),
        (signed_text(PAPERS[0], key=RETIRED), "sudah diganti sebelum tanggal terbitnya"),
        (signed_text(PAPERS[1], key=STOLEN), "pernah bocor"),
    ):
        paste(text)
        expect(result.locator("article.bad h2")).to_contain_text(title)
    page.locator("[data-speak]:visible").click()
    expect(page.locator("h1:visible")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"

    # Both programs judge alike, and read the same content.
    asked = texts()
    judged = page.evaluate(
        """texts => texts.map(text => {
            const now = new Date("2027-01-01")
            const said = corpuQr.check(text, corpuPinned, corpuEd25519.holds, now)
            const content = said.sealed && said.sealed.content
            return [said.finding, content ? [content.name, content.number, content.course_title,
                content.issuer, content.issued_on, content.serial, content.cut.length,
                content.valid_until] : null]
        })""",
        asked,
    )
    for text, (finding, content) in zip(asked, judged, strict=True):
        checked = check(text, PINNED, today=date(2027, 1, 1))
        assert finding == checked.finding, text
        if checked.sealed is not None:
            ours = checked.sealed.content
            assert content == [
                ours.name,
                ours.number,
                ours.course_title,
                ours.issuer,
                ours.issued_on.isoformat(),
                ours.serial,
                len(ours.cut),
                ours.valid_until and ours.valid_until.isoformat(),
            ]
    assert {Finding.HOLDS, Finding.WRONG, Finding.DAMAGED, Finding.EXPIRED} <= {
        finding for finding, _ in judged
    }
    context.close()
    assert not watch.mistakes


def photo_of(pdf: bytes) -> bytes:
    """The QR of a printed page as a phone takes it: askew, grey, not quite sharp."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        modules, _width = qr.modules_of(document.pages[0])
    code = Image.new("L", (len(modules),) * 2, 235)
    for row, line in enumerate(modules):
        for column, is_dark in enumerate(line):
            code.putpixel((column, row), 40 if is_dark else 235)
    code = code.resize((len(modules) * 8,) * 2, Image.Resampling.NEAREST)
    paper = Image.new("L", (1200, 900), 225)
    paper.paste(code, (280, 140))
    askew = paper.rotate(7, fillcolor=225).filter(ImageFilter.GaussianBlur(1.5))
    file = io.BytesIO()
    askew.save(file, "JPEG", quality=80)
    return file.getvalue()


def test_a_photo_is_read_and_judged_in_the_browser(shared_site, enter, tmp_path):
    with world.looking(shared_site.app) as session:
        found = session.scalars(
            select(Certificate).where(
                Certificate.qr_payload.is_not(None), Certificate.revoked_at.is_(None)
            )
        ).first()
        name, number = found.snapshot["name"], found.number
        storage = shared_site.app.extensions["storage"]
        picture = photo_of(documents.pdf_of(session, storage, found.id))
    large = tmp_path / "besar.jpg"
    with large.open("wb") as sparse:
        sparse.truncate(21 * 1024 * 1024)
    page = enter(shared_site)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto("/verify")
    file = page.locator("input[data-file]")
    for chosen, sentence in (
        (taken(b"no picture at all"), "bukan gambar"),
        (large, "lebih dari 20 MB"),
        (taken(blank()), "Tidak ada QR yang terbaca"),
    ):
        file.set_input_files(chosen)
        expect(page.locator("[data-said]")).to_contain_text(sentence)
    file.set_input_files(taken(picture))
    result = page.locator("[data-result]")
    for words in ("Tanda tangan QR ini berlaku", name, number, "tidak dicabut"):
        expect(result).to_contain_text(words)
    assert not any("#" in address or number in address for address in sent)


def taken(content: bytes) -> dict:
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": content}


def blank() -> bytes:
    file = io.BytesIO()
    Image.new("L", (300, 300), 200).save(file, "JPEG")
    return file.getvalue()
