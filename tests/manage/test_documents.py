"""Templates of documents: written as a form, looked at, published, used; their pictures."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import func, select

from corpu.credentials import documents, template_service
from corpu.credentials.designs import Signer, Signing, first_design
from corpu.credentials.kinds import Kind
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseTemplate,
    DocumentKind,
    TemplatePicture,
    TemplateVersion,
)
from corpu.database import uuid7
from corpu.identity import Viewer
from corpu.manage import document_views
from corpu.people.models import Agency
from tests.credentials.world import issue, make_course, make_issuer
from tests.factories import save
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.page import Browser
from tests.statements import statements

HOME = "/manage/certificates/templates"
NEW = f"{HOME}/new/sertifikat"
PICTURES = f"{HOME}/pictures"
SIGNER = {
    "signing": "own",
    "signer_name_1": "Dr. Endang Uji, M.Si.",
    "signer_nip_1": "19700101 199503 2 901",
    "signer_post_1": "Kepala Dinas",
}


@pytest.fixture
def issuer(session, health):
    return make_issuer(session, health, unit_token="DINKES")


@pytest.fixture
def drawn():
    """Where the sheet itself is looked at: let it be drawn."""


@pytest.fixture(autouse=True)
def pen(request, monkeypatch):
    """Elsewhere the sheet beside the form is any picture."""
    if "drawn" not in request.fixturenames:
        monkeypatch.setattr(document_views, "sketch_of", lambda _content, **_how: b"PNG")


def write(session, agency, person, at, *, name="Biru", kind=Kind.CERTIFICATE, publish=True):
    by = Viewer(person.id, person.name, 0, None, None, "", "", "", "Asia/Jakarta", ())
    design = replace(
        first_design(kind), signing=Signing.OWN, signatories=(Signer("Endang", "", "Kepala"),)
    )
    made = template_service.create_template(
        session, agency.id, kind, name, design, template_id=uuid7(), by=by, at=at
    )
    if publish:
        template_service.publish(session, agency.id, made.template_id, 1, by=by, at=at)
    session.commit()
    return f"{HOME}/{made.template_id}"


@pytest.fixture
def one(session, agency, chief, at):
    """The address of a published template."""
    return write(session, agency, chief, at)


def picture():
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "PNG")
    return file.getvalue()


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_template_is_written_published_used_and_printed(
    as_chief, session, app, health, issuer, mira, at, entries
):
    page = send(as_chief, NEW, name="Biru", title="Sertifikat Biru", **SIGNER)
    assert "Draf versi 1" in text_of(page)
    address = next(link["href"] for link in page.select("a") if link["href"].endswith("/publish"))
    page = send(as_chief, address)
    assert "Versi 1 terbit" in text_of(page)
    template_id = session.scalars(select(CertificateTemplate.id)).one()
    send(as_chief, "/manage/certificates/kinds/sertifikat", template=str(template_id))
    content = issue(session, mira, make_course(session, app, health), at).snapshot
    assert (content["title"], content["design"]["signatories"][0]["nip"]) == (
        "Sertifikat Biru",
        "197001011995032901",
    )
    pdf = documents.pdf_of(
        session,
        app.extensions["storage"],
        session.scalars(select(documents.Certificate.id)).one(),
    )
    assert pdf.startswith(b"%PDF-")
    assert len(entries("certificate_template.published")) == 1
    shown = as_chief.get(f"/verify/{content['code']}")
    assert "Dr. Endang Uji, M.Si." in text_of(shown)


def test_the_sheet_beside_the_form_is_drawn_for_what_is_written_and_nothing_is_kept(
    as_chief, session, drawn
):
    data = fields_of(as_chief.get(NEW), NEW) | SIGNER | {"act": "preview"}
    landscape = as_chief.post(NEW, data, status=200).select_one("#contoh img")
    portrait = as_chief.post(NEW, data | {"orientation": "portrait"}, status=200)
    assert portrait.select_one("#contoh img")["src"].startswith("data:image/png;base64,")
    assert portrait.select_one("#contoh img")["src"] != landscape["src"]
    strange = as_chief.post(NEW, data | {"title": "明"}, status=200)
    assert "tidak dapat dicetak: 明" in text_of(strange.select_one("#contoh"))
    assert count(session, CertificateTemplate) == 0


def test_what_cannot_be_used_is_said_at_its_field_and_the_rest_kept(as_chief, session):
    asked = fields_of(as_chief.get(NEW), NEW) | SIGNER | {"name": "Biru", "statement": "Kata"}
    refused = [
        {"name": "", "band_above_1": "banyak"},
        {
            "title": "",
            "language": "both",
            "title_en": "",
            "opening": "Kepada 明",
            "legal_basis": "x" * 601,
            "signer_nip_1": "123",
            "band_above_2": "80",
        },
        {
            "signer_name_1": "",
            "signer_nip_1": "",
            "signer_post_1": "",
            "band_above_1": "101",
            "band_qualification_1": "Baik",
        },
        {"signing": "none"},
    ]
    wrong = [
        {"name", "band_above_1"},
        {
            *{"title", "title_en", "opening", "legal_basis"},
            *{"signer_nip_1", "band_qualification_2"},
        },
        {"signer_name_1", "band_above_1"},
        {"signing"},
    ]
    for change, fields in zip(refused, wrong, strict=True):
        page = as_chief.post(NEW, asked | change, status=422)
        said = {box["id"].removesuffix("-error") for box in page.select("p.error[id]")}
        assert said == fields
        assert page.select_one("[name=statement]")["value"] == "Kata"
    assert count(session, CertificateTemplate) == 0


def test_the_same_form_sent_twice_makes_one_template(as_chief, session):
    data = fields_of(as_chief.get(NEW), NEW) | SIGNER | {"name": "Biru"}
    as_chief.post(NEW, data)
    as_chief.post(NEW, data)
    assert count(session, CertificateTemplate) == 1
    page = send(as_chief, NEW, name="Biru", status=409)
    assert "sudah dipakai" in error_at(page, "name")


def test_the_second_of_two_managers_does_not_write_over_the_first(as_chief, session, one):
    edit = f"{one}/edit"
    mine, theirs = (fields_of(as_chief.get(edit), edit) for _ in range(2))
    as_chief.post(edit, mine | {"title": "Satu"})
    page = as_chief.post(edit, theirs | {"title": "Dua"}, status=409)
    assert "diubah orang lain" in text_of(page)
    (draft,) = session.scalars(select(TemplateVersion).filter_by(published_at=None))
    assert draft.design["title"] == "Satu"
    assert as_chief.post(edit, mine | {"title": "Satu"}), "the same again is no quarrel"


def test_a_draft_is_thrown_away_and_what_is_published_stays(as_chief, session, one):
    send(as_chief, f"{one}/edit", title="Lain")
    page = send(as_chief, f"{one}/discard")
    assert "Versi 1 terbit" in text_of(page)
    assert session.scalars(select(TemplateVersion.number)).all() == [1]


def test_a_template_is_taken_back_with_a_reason(as_chief, session, one, entries):
    assert error_at(send(as_chief, f"{one}/withdraw", status=422), "reason")
    send(as_chief, f"{one}/withdraw", reason="Diganti")
    assert session.scalars(select(CertificateTemplate)).one().archived_at is not None
    assert entries("certificate_template.archived")[0].reason == "Diganti"
    for act in ("edit", "withdraw"):
        as_chief.get(f"{one}/{act}", status=303)
    assert "sudah ditarik" in text_of(as_chief.get(one))


def test_a_course_is_given_a_template_and_takes_the_usual_one_again(
    as_chief, session, app, health, one
):
    course = make_course(session, app, health)
    page = as_chief.get(one)
    as_chief.post(f"{one}/courses", course=str(course.course_id), act="add")
    assert count(session, CourseTemplate) == 1
    page = as_chief.get(one)
    assert "1 kursus memakai templat ini" in text_of(page)
    as_chief.post(f"{one}/courses", course=str(course.course_id), act="remove")
    assert count(session, CourseTemplate) == 0
    sttp = make_course(session, app, health, document="sttp")
    page = as_chief.post(f"{one}/courses", course=str(sttp.course_id), act="add")
    assert "jenis dokumen yang lain" in text_of(page)
    as_chief.post(f"{one}/courses", course=str(uuid7()), status=404)


def test_what_holds_for_a_kind_is_shown_before_it_is_saved(as_chief, session, issuer, entries):
    url = "/manage/certificates/kinds/piagam"
    data = fields_of(as_chief.get(url), url) | {"number_template": "P-{seq:3}/{unit}/{tahun}"}
    page = as_chief.post(url, data | {"act": "preview"}, status=200)
    assert "P-001/DINKES/2026" in text_of(page.select_one("#contoh"))
    assert count(session, DocumentKind) == 0
    as_chief.post(url, data | {"allow_unsigned": "y"})
    as_chief.post(url, data | {"allow_unsigned": "y"})
    assert len(entries("document_kind.set")) == 1
    page = send(as_chief, url, number_template="{tahun}", status=422)
    assert "{seq}" in error_at(page, "number_template")


def test_the_manager_of_a_unit_reads_and_changes_nothing(as_ratna, session, one):
    assert "Biru" in text_of(as_ratna.get(HOME))
    assert not as_ratna.get(one).select("main form")
    for path in (NEW, f"{one}/edit", f"{one}/publish", f"{one}/withdraw", PICTURES):
        as_ratna.get(path, status=403)
    as_ratna.post(f"{one}/courses", course=str(uuid7()), status=403)


def test_the_template_of_another_agency_is_not_there(as_chief, session, app, chief, one, at):
    other = save(
        session,
        Agency(name="Lain", short_name="Lain", timezone="Asia/Jakarta", created_at=at),
    )
    theirs = write(session, other, chief, at)
    for path in ("", "/edit", "/publish", "/discard", "/withdraw", "/1.png", "/1.pdf"):
        as_chief.get(theirs + path, status=404)
    assert theirs not in str(as_chief.get(HOME))


def test_people_without_the_right_are_refused(app, session, mira, one, at):
    learner = Browser(app.test_client()).sign_in(mira)
    for path in (HOME, one, NEW, PICTURES, "/manage/certificates/kinds/sttp"):
        learner.get(path, status=403)


def test_a_picture_is_kept_shown_and_printed(as_chief, session, drawn):
    as_chief.get(PICTURES)
    for _ in range(2):
        as_chief.post(PICTURES, file=(io.BytesIO(picture()), "lambang.png"), name="")
    kept = session.scalars(select(TemplatePicture)).one()
    assert (kept.name, kept.width) == ("lambang.png", 60)
    shown = as_chief.client.get(f"{PICTURES}/{kept.sha256}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    as_chief.get(f"{PICTURES}/{'0' * 64}", status=404)
    data = fields_of(as_chief.get(NEW), NEW) | {"logo": kept.sha256, "act": "preview"}
    assert as_chief.post(NEW, data, status=200).select_one("#contoh img")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"GIF89a", "bukan gambar"), (b"<svg/>", "bukan gambar"), (b"", "Pilih berkas")],
)
def test_what_is_no_picture_is_refused_at_its_field(as_chief, session, data, said):
    as_chief.get(PICTURES)
    page = as_chief.post(PICTURES, file=(io.BytesIO(data), "x.png"), status=422)
    assert said in error_at(page, "file")
    assert count(session, TemplatePicture) == 0


def test_a_full_disk_keeps_nothing_and_says_so(as_chief, session, app, monkeypatch):
    def full(_data):
        raise OSError("no space")

    monkeypatch.setattr(app.extensions["storage"], "put", full)
    as_chief.get(PICTURES)
    page = as_chief.post(PICTURES, file=(io.BytesIO(picture()), "x.png"), status=503)
    assert "belum dapat disimpan" in text_of(page)
    assert count(session, TemplatePicture) == 0


def test_without_the_drawing_process_the_form_works_and_says_so(as_chief, one, monkeypatch):
    def gone(_content, **_how):
        raise document_views.PdfUnavailable("twice")

    monkeypatch.setattr(document_views, "sketch_of", gone)
    assert "belum dapat digambar" in text_of(as_chief.get(f"{one}/edit"))
    assert "Draf versi 2" in text_of(send(as_chief, f"{one}/edit", title="Lain"))
    assert "belum dapat digambar" in text_of(as_chief.get(f"{one}/2.png", status=503))


def test_a_draft_that_is_allowed_no_longer_is_not_published_and_says_why(as_chief, session):
    kind = "/manage/certificates/kinds/sertifikat"
    send(as_chief, kind, allow_unsigned="y")
    page = send(as_chief, NEW, name="Biru", signing="none")
    address = next(link["href"] for link in page.select("a") if link["href"].endswith("/publish"))
    data = fields_of(as_chief.get(kind), kind)
    as_chief.post(kind, {name: value for name, value in data.items() if name != "allow_unsigned"})
    assert "mewajibkan penanda tangan" in text_of(send(as_chief, address))
    assert session.scalars(select(TemplateVersion.published_at)).one() is None


def test_examples_are_drawn_of_each_version(as_chief, one, drawn):
    for ending, head in (("png", b"\x89PNG"), ("pdf", b"%PDF-")):
        answer = as_chief.client.get(f"{one}/1.{ending}")
        assert answer.status_code == 200
        assert answer.data.startswith(head)
    as_chief.get(f"{one}/2.png", status=404)
    as_chief.get(f"{one}/1.exe", status=404)


def test_the_pages_need_few_statements_however_many_there_are(
    as_chief, session, app, agency, chief, health, one, at
):
    def cost(path):
        with statements() as sent:
            as_chief.get(path)
        return len(sent)

    paths = (HOME, one, f"{one}/edit")
    before = [cost(path) for path in paths]
    for name in ("Merah", "Putih", "Hijau"):
        write(session, agency, chief, at, name=name)
        make_course(session, app, health)
    assert [cost(path) for path in paths] == before
    assert max(before) <= 8
