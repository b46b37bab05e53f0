"""Dictionaries and standards at the desk: forms, tables, versions, and who may change them."""

import io

import pytest
from sqlalchemy import select

from corpu.spreadsheets import as_csv
from corpu.standards.models import (
    FrameworkCompetency,
    FrameworkVersion,
    PostStandard,
    StandardDraft,
)
from corpu.standards.posts import Asked
from corpu.standards.sheets import DICTIONARY, dictionary_rows
from corpu.workbooks import as_xlsx, read_table
from tests.competency.factories import observe
from tests.factories import make_agency
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.standards.factories import (
    BASIS,
    DAY,
    REASON,
    TODAY,
    draft_standard,
    draft_with,
    entry,
    make_framework,
    publish,
    published,
    require,
)

COMPETENCIES, STANDARDS = "/manage/competencies", "/manage/standards"
GROUNDS = {"starts_on": "2026-11-24", "legal_basis": BASIS, "reason": REASON}


def filled(code="DAT", name="Pengelolaan Data"):
    said = {"code": code, "name_id": name, "definition_id": "Menjaga data."}
    for n in range(1, 6):
        said |= {f"description_id_{n}": f"Uraian {n}", f"observables_id_{n}": "Satu\n\nDua"}
    return said


def test_a_dictionary_is_made_written_and_published(as_chief, session, entries):
    send(as_chief, f"{COMPETENCIES}/new", code="tik", name="Kamus TIK", kind="technical")
    framework = session.scalars(select(FrameworkVersion)).one().framework_id
    here = f"{COMPETENCIES}/{framework}"
    send(as_chief, f"{here}/draft/competency", **filled())
    (row,) = session.scalars(select(FrameworkCompetency)).all()
    assert row.levels[4]["observables_id"] == ["Satu", "Dua"]
    page = as_chief.get(f"{here}/draft/competency?code=DAT")
    action = f"{here}/draft/competency?code=DAT"
    as_chief.post(action, fields_of(page, action) | {"name_id": "Tata Data"}, status=303)
    send(as_chief, f"{here}/publish", **GROUNDS)
    text = text_of(as_chief.get(here))
    assert "Berlaku" in text
    assert "Tata Data" in text
    assert BASIS in text
    (act,) = entries("framework.published")
    assert act.reason == REASON
    assert "Versi kamus diterbitkan" in text_of(as_chief.get("/manage/audit"))
    assert "Tata Data" in text_of(as_chief.get(f"{here}/versions/1/competencies/DAT"))


def test_what_is_wrong_stands_at_its_field(as_chief, session, agency):
    framework = make_framework(session, agency)
    session.commit()
    url = f"{COMPETENCIES}/{framework.id}/draft/competency"
    said = filled(code="INT") | {"observables_id_3": " "}
    page = send(as_chief, url, status=422, **said)
    assert "kamus bawaan" in error_at(page, "code")
    assert "satu perilaku" in error_at(page, "observables_id_3")
    assert page.select_one("[name=description_id_2]").text.strip() == "Uraian 2"
    assert session.scalars(select(FrameworkCompetency)).all() == []


def test_the_second_of_two_publishers_is_told(as_chief, session, agency):
    framework = make_framework(session, agency)
    draft_with(session, agency, framework, entry())
    session.commit()
    url = f"{COMPETENCIES}/{framework.id}/publish"
    form = fields_of(as_chief.get(url), url) | GROUNDS
    as_chief.post(url, form, status=303)
    page = as_chief.post(url, form, status=409)
    assert "mungkin baru saja diterbitkan" in text_of(page)
    assert len(session.scalars(select(FrameworkVersion)).all()) == 1


def test_a_version_that_would_overlap_is_refused_at_its_day(as_chief, session, agency):
    framework = published(session, agency)
    draft_with(session, agency, framework, entry())
    session.commit()
    page = send(
        as_chief,
        f"{COMPETENCIES}/{framework.id}/publish",
        status=409,
        **GROUNDS | {"starts_on": DAY.isoformat()},
    )
    assert "1 November 2026" in error_at(page, "starts_on")
    assert "dikeluarkan" in text_of(page)  # what the draft leaves out is said before


def test_the_difference_of_two_versions_is_shown(as_chief, session, agency):
    framework = published(session, agency)
    draft_with(session, agency, framework, entry(name="Tata Data"), entry("AWAN", "Awan"))
    session.commit()
    text = text_of(as_chief.get(f"{COMPETENCIES}/{framework.id}/versions/2/changes"))
    for words in ("Jaringan Komputer JAR Dikeluarkan", "Awan AWAN Baru", "Tata Data DAT Berubah"):
        assert words in text
    same = as_chief.get(f"{COMPETENCIES}/{framework.id}/versions/2/changes?from=2")
    assert "Tidak ada bedanya" in text_of(same)
    as_chief.get(f"{COMPETENCIES}/{framework.id}/versions/2/changes?from=x", status=404)
    as_chief.get(f"{COMPETENCIES}/{framework.id}/versions/9", status=404)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_is_looked_at_before_it_is_kept(as_chief, session, agency, ending):
    framework = published(session, agency)
    session.commit()
    rows = dictionary_rows([entry(name="=Tata Data"), entry("AWAN", "Awan")])
    data = (as_csv if ending == "csv" else lambda *a: as_xlsx("x", *a))(DICTIONARY, rows)
    url = f"{COMPETENCIES}/{framework.id}/import"
    page = upload(as_chief, url, data, f"kamus.{ending}")
    assert "Awan AWAN Baru" in text_of(page)
    assert len(session.scalars(select(FrameworkVersion)).all()) == 1
    form = fields_of(page, url)
    as_chief.post(url, form, status=303)
    version = session.scalars(select(FrameworkVersion).order_by(FrameworkVersion.number)).all()[1]
    kept = session.scalars(
        select(FrameworkCompetency.name_id)
        .where(FrameworkCompetency.version_id == version.id)
        .order_by(FrameworkCompetency.position)
    ).all()
    assert kept == ["=Tata Data", "Awan"]
    as_chief.post(url, form, status=409)  # the draft has changed since it was looked at


def upload(browser, url, data, name, status=200, **more):
    page = browser.get(url)
    form = fields_of(page, url) | more | {"file": (io.BytesIO(data), name)}
    return browser.post(url, form, status=status)


def test_everything_wrong_with_a_table_is_said_and_nothing_kept(as_chief, session, agency):
    framework = published(session, agency)
    session.commit()
    rows = [list(row) for row in dictionary_rows([entry()])]
    rows[1][5], rows[2][6] = 9, ""
    url = f"{COMPETENCIES}/{framework.id}/import"
    page = upload(as_chief, url, as_csv(DICTIONARY, rows), "kamus.csv", status=422)
    text = text_of(page)
    for words in ("Baris 3 level", "Baris 4 uraian", "DAT belum punya baris level 2"):
        assert words in text
    assert "payload" not in fields_of(page, url) or not fields_of(page, url)["payload"]
    assert len(session.scalars(select(FrameworkVersion)).all()) == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nothing", b"\xff\xfe"])
def test_a_file_that_is_no_table_is_refused(as_chief, session, agency, data):
    framework = make_framework(session, agency)
    session.commit()
    url = f"{COMPETENCIES}/{framework.id}/import"
    assert error_at(upload(as_chief, url, data, "x.xlsx", status=422), "file")


@pytest.mark.parametrize("payload", ["x", "eJw=", "eJyLjgUAARUAuQ==AA", "bnVsbA=="])
def test_a_torn_table_is_refused(as_chief, session, agency, payload):
    framework = make_framework(session, agency)
    session.commit()
    url = f"{COMPETENCIES}/{framework.id}/import"
    as_chief.post(url, fields_of(as_chief.get(url), url) | {"payload": payload}, status=422)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_dictionary_goes_out_as_a_table(as_chief, session, agency, ending):
    framework = published(session, agency)
    session.commit()
    data = as_chief.client.get(f"{COMPETENCIES}/{framework.id}/versions/1/export.{ending}").data
    assert [row[0] for row in read_table(data)[1::5]] == ["DAT", "JAR"]
    data = as_chief.client.get(f"{COMPETENCIES}/shipped.{ending}").data
    assert len(read_table(data)) == 46
    as_chief.get(f"{COMPETENCIES}/shipped.pdf", status=404)


def test_a_draft_is_begun_changed_and_thrown_away(as_chief, session, agency):
    framework = published(session, agency)
    session.commit()
    here = f"{COMPETENCIES}/{framework.id}"
    page = as_chief.get(here)
    as_chief.post(f"{here}/draft", fields_of(page, f"{here}/draft"), status=303)
    page = as_chief.get(f"{here}/draft/remove?code=JAR")
    action = f"{here}/draft/remove?code=JAR"
    as_chief.post(action, fields_of(page, action), status=303)
    assert "Jaringan Komputer dikeluarkan dari draf." in text_of(as_chief.page)
    assert "JAR" not in text_of(as_chief.get(f"{here}/versions/2"))
    send(as_chief, f"{here}/discard")
    as_chief.get(f"{here}/versions/2", status=404)
    as_chief.get(f"{here}/draft/competency", status=409)


def test_the_nine_are_read_and_not_changed(as_chief):
    assert "Integritas" in text_of(as_chief.get(f"{COMPETENCIES}/shipped"))
    text = text_of(as_chief.get(f"{COMPETENCIES}/shipped/INT"))
    assert "Level 5" in text
    assert "Berikutnya: Kerja Sama" in text
    as_chief.get(f"{COMPETENCIES}/shipped/XYZ", status=404)


# ------------------------------------------------------------------------------ standards


def set_url(**asked):
    return f"{STANDARDS}/set" + (
        "?" + "&".join(f"{key}={value}" for key, value in asked.items()) if asked else ""
    )


def drafted(browser, url=None, **said):
    """The address of the draft that the form makes."""
    page = browser.get(url or set_url())
    answer = browser.client.post(
        url or set_url(),
        data=fields_of(page, url or set_url()) | said | {"csrf_token": browser.csrf_token()},
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_standard_is_drafted_published_from_a_day_on_and_ended(
    as_chief, session, agency, entries
):
    published(session, agency)
    session.commit()
    said = {"post_type": "JF_MU", "title": "Arsiparis", "level_INT": "4", "level_DAT": "2"}
    draft = drafted(as_chief, **said, starts_on="2026-11-24")
    assert session.scalars(select(PostStandard)).all() == []
    assert "Pengelolaan Data – → menjadi 2" in text_of(as_chief.get(draft))
    assert "Arsiparis" in text_of(as_chief.get(STANDARDS))
    send(as_chief, f"{draft}/publish", **GROUNDS)
    text = text_of(as_chief.get(STANDARDS))
    assert "Pengelolaan Data 2" in text
    assert "Lihat dampaknya" not in text
    (act,) = entries("standard.set")
    assert act.after["required_levels"] == {"INT": 4, "DAT": 2}
    assert act.reason == REASON
    as_chief.get(draft, status=303)
    url = set_url(post_type="JF_MU", title="Arsiparis")
    form = fields_of(as_chief.get(url), url)
    assert (form["level_INT"], form["level_KOM"]) == ("4", "")
    ending = drafted(as_chief, url, act="end", starts_on="2026-11-25")
    assert "Diakhiri" in text_of(as_chief.get(ending))
    send(as_chief, f"{ending}/publish", **GROUNDS)
    assert "Diakhiri" in text_of(as_chief.get(f"{STANDARDS}/history"))


@pytest.mark.parametrize(
    ("said", "field", "status"),
    [
        ({"post_type": "RAJA"}, "post_type", 422),
        ({"level_INT": "6"}, "level_INT", 422),
        ({"level_INT": "4", "starts_on": "2026-11-01"}, "starts_on", 409),
        ({"level_INT": "4", "starts_on": "31-02-2026"}, "starts_on", 422),
    ],
)
def test_a_bad_standard_is_refused_at_its_field(as_chief, session, agency, said, field, status):
    require(session, agency, {"INT": 3})
    session.commit()
    page = send(
        as_chief,
        set_url(),
        status=status,
        **{"post_type": "JF_PT", "title": "", "starts_on": "2026-11-24"} | said,
    )
    assert error_at(page, field)
    assert "JF_PT" not in error_at(page, field)
    assert session.scalars(select(StandardDraft)).all() == []


def test_a_draft_without_grounds_is_not_published(as_chief, session, agency):
    draft = drafted(as_chief, post_type="JF_PT", level_INT="4")
    page = send(as_chief, f"{draft}/publish", status=422, legal_basis=BASIS, reason=" ")
    assert error_at(page, "reason")
    assert page.select_one("[name=legal_basis]")["value"] == BASIS
    assert session.scalars(select(PostStandard)).all() == []


def test_the_effect_of_a_draft_is_told_by_competency_unit_and_person(
    as_chief, session, agency, mira, jonas, entries, monkeypatch
):
    monkeypatch.setattr("corpu.manage.standard_effect_views.PAGE", 1)
    observe(session, mira, "INT", 2, "90")
    draft = drafted(as_chief, post_type="JF_PT", level_INT="3", starts_on="2026-12-01")
    page = as_chief.get(draft)
    text = text_of(page)
    # The manager holds a post of this type, too.
    assert "Syarat 3 pegawai berubah, dari 3" in text
    assert "Kesenjangan baru 1 Lihat orangnya" in text
    assert "Kesenjangan melebar 2 Lihat orangnya" in text
    assert "Integritas 1 2 0 0 3" in text
    assert "Bidang Gizi 1 0 0 0 1 11,11 → menjadi 10,53" in text
    people = as_chief.get(page.select_one("a[href*='turn=new']")["href"])
    assert "Mira Lestari Analis Uji, Bidang Gizi Integritas 2 2 → menjadi 3" in text_of(people)
    people = as_chief.get(f"{draft}/people?code=INT")
    assert len(people.select("tbody tr")) == 1
    second = as_chief.get(people.select_one("a[rel=next]")["href"])
    assert text_of(second.select_one("tbody tr")) != text_of(people.select_one("tbody tr"))
    assert "Tidak seorang pun" in text_of(as_chief.get(f"{draft}/people?turn=closed&unit=x"))
    answer = as_chief.client.post(f"{draft}/people.csv", data={"csrf_token": as_chief.csrf_token()})
    lines = answer.get_data(as_text=True).splitlines()
    assert (
        f"Mira Lestari,{mira.nip},Bidang Gizi,Analis Uji,INT,2,2,3,Kesenjangan baru,11.11,10.53"
        in lines
    )
    (taken,) = entries("standard.effect_exported")
    assert taken.after == {"rows": 3}
    assert session.scalars(select(PostStandard)).all() == []


def test_what_changed_since_it_was_looked_at_is_said_before_it_is_published(
    as_chief, session, agency, mira
):
    url = f"{drafted(as_chief, post_type='JF_PT', level_INT='3')}/publish"
    form = fields_of(as_chief.get(url), url) | {"legal_basis": BASIS, "reason": REASON}
    observe(session, mira, "INT", 3, "90")
    page = as_chief.post(url, form, status=409)
    assert "Sejak Anda melihatnya" in text_of(page)
    again = fields_of(page, url)
    assert (again["legal_basis"], again["reason"]) == (BASIS, REASON)
    assert session.scalars(select(PostStandard)).all() == []
    as_chief.post(url, again, status=303)
    assert len(session.scalars(select(PostStandard)).all()) == 1


def test_a_draft_is_changed_replaced_by_a_table_and_thrown_away(as_chief, session, agency, entries):
    draft = drafted(as_chief, post_type="JF_PT", level_INT="3")
    url = f"{draft}/edit"
    old = fields_of(as_chief.get(url), url)
    as_chief.post(url, old | {"level_INT": "4"}, status=303)
    page = as_chief.post(url, old | {"level_INT": "5"}, status=409)
    assert "sudah diubah orang lain" in text_of(page)
    assert fields_of(page, url)["level_INT"] == "5"
    url = f"{STANDARDS}/import?draft={draft.rpartition('/')[2]}"
    rows = [["JF_MU", "Perawat", 3], ["JF_PT", "", 4]]
    upload(as_chief, url, as_csv(["jenis_jabatan", "jabatan", "INT"], rows), "s.csv", status=303)
    assert as_chief.page.select(f"a[href='{url}']"), "it may be replaced again"
    as_chief.get(f"{draft}/edit", status=409)
    assert "2 standar dari tabel" in text_of(as_chief.get(STANDARDS))
    as_chief.post(f"{draft}/discard", {"seen": "0"}, status=409)
    form = fields_of(as_chief.get(draft), f"{draft}/discard")
    as_chief.post(f"{draft}/discard", form, status=303)
    assert entries("standard.draft_discarded")
    as_chief.get(draft, status=404)


def test_a_standard_is_taken_back_with_a_reason(as_chief, session, agency, entries):
    standard = require(session, agency, {"INT": 3})
    session.commit()
    url = f"{STANDARDS}/{standard.id}/withdraw"
    assert error_at(send(as_chief, url, status=422), "reason")
    send(as_chief, url, reason="Salah jenjang")
    text = text_of(as_chief.get(f"{STANDARDS}/history"))
    assert "Ditarik" in text
    assert "Salah jenjang" in text
    assert entries("standard.withdrawn")
    as_chief.get(url, status=303)


def test_standards_come_in_as_a_table_all_or_none(as_chief, session, agency, health):
    published(session, agency)
    require(session, agency, {"INT": 3})
    session.commit()
    data = as_chief.client.get(f"{STANDARDS}/export.csv").data
    rows = read_table(data)
    assert rows[1][:4] == ["JF_PT", "", "", "3"]
    heading = ["jenis_jabatan", "jabatan", "unit", "INT", "DAT"]
    url = f"{STANDARDS}/import"
    bad = as_csv(heading, [["JF_MU", "Perawat", "DINKES", 3, 7]])
    page = upload(as_chief, url, bad, "s.csv", status=422)
    assert "Baris 2 DAT" in text_of(page)
    good = as_csv(heading, [["JF_PT", "", "", 3, ""], ["JF_MU", "Perawat", "DINKES", 3, 2]])
    upload(as_chief, url, good, "s.csv", status=303)
    assert "1 baris tidak mengubah apa pun" in text_of(as_chief.page)
    assert len(session.scalars(select(PostStandard)).all()) == 1
    (draft,) = session.scalars(select(StandardDraft)).all()
    send(as_chief, f"{STANDARDS}/drafts/{draft.id}/publish", **GROUNDS)
    added = session.scalars(select(PostStandard).where(PostStandard.title == "Perawat")).one()
    assert (added.levels, added.unit_id, added.reason) == ({"INT": 3, "DAT": 2}, health.id, REASON)


def test_a_level_of_endless_digits_is_a_wrong_level(as_chief, session, agency):
    url = f"{STANDARDS}/import"
    data = as_csv(["jenis_jabatan", "INT"], [["JF_PT", "9" * 5000]])
    page = upload(as_chief, url, data, "s.csv", status=422)
    assert "Level INT ditulis 1 sampai 5" in text_of(page)


def test_what_goes_out_can_come_in_again_though_a_competency_is_no_longer_in_force(
    as_chief, session, agency
):
    framework = published(session, agency)
    require(session, agency, {"JAR": 2}, title="Teknisi")
    require(session, agency, {"JAR": 2, "INT": 3}, title="Analis")
    seen = draft_with(session, agency, framework, entry())
    publish(session, agency, framework, seen, starts_on=TODAY)
    session.commit()
    rows = read_table(as_chief.client.get(f"{STANDARDS}/export.csv").data)
    assert [row[1] for row in rows[1:]] == ["Analis"]


def test_the_standard_of_an_archived_unit_never_becomes_one_of_every_unit(
    as_chief, session, agency, elsewhere, at
):
    require(session, agency, {"INT": 4}, title="Analis", unit_id=elsewhere.id)
    require(session, agency, {"INT": 2}, title="Analis")
    elsewhere.archived_at = at
    session.commit()
    rows = read_table(as_chief.client.get(f"{STANDARDS}/export.csv").data)
    assert [row[1:4] for row in rows[1:]] == [["Analis", "", "2"]]
    page = as_chief.get(STANDARDS)
    assert not page.select("a[href*='unit=']")
    as_chief.get(set_url(post_type="JF_PT", title="Analis", unit=elsewhere.id), status=404)


# ------------------------------------------------------------------------- who may do what


def test_the_manager_of_a_unit_reads_and_does_not_change(as_ratna, session, agency):
    framework = published(session, agency)
    standard = require(session, agency, {"INT": 3})
    session.commit()
    here = f"{COMPETENCIES}/{framework.id}"
    for url in (COMPETENCIES, here, f"{here}/versions/1", STANDARDS, f"{STANDARDS}/history"):
        page = as_ratna.get(url)
        assert not page.select("main form[method=post]")
        assert not page.select(f"main a[href='{STANDARDS}/set']")
    for url in (
        f"{COMPETENCIES}/new",
        f"{here}/publish",
        f"{here}/import",
        f"{here}/discard",
        f"{here}/draft/competency",
        set_url(),
        f"{STANDARDS}/import",
        f"{STANDARDS}/{standard.id}/withdraw",
        *(f"{STANDARDS}/drafts/{standard.id}{end}" for end in ("", "/edit", "/people", "/publish")),
    ):
        as_ratna.get(url, status=403)
    for end in ("/discard", "/people.csv"):
        as_ratna.post(f"{STANDARDS}/drafts/{standard.id}{end}", status=403)


def test_another_agencys_dictionaries_and_standards_are_not_to_be_found(as_chief, session, agency):
    other = make_agency(session, name="Instansi Lain")
    framework = published(session, other)
    standard = require(session, other, {"INT": 3})
    draft = draft_standard(session, other, Asked("JF_PT", {"INT": 4}))
    session.commit()
    here = f"{COMPETENCIES}/{framework.id}"
    for end in ("/discard", "/people.csv"):
        as_chief.post(f"{STANDARDS}/drafts/{draft.id}{end}", status=404)
    for url in (
        *(f"{STANDARDS}/drafts/{draft.id}{end}" for end in ("", "/edit", "/people", "/publish")),
        f"{STANDARDS}/import?draft={draft.id}",
        f"{STANDARDS}/import?draft=x",
        here,
        f"{here}/versions/1",
        f"{here}/versions/1/changes",
        f"{here}/versions/1/export.csv",
        f"{here}/publish",
        f"{here}/import",
        f"{here}/draft/competency",
        f"{STANDARDS}/{standard.id}/withdraw",
    ):
        as_chief.get(url, status=404)
    assert "Kamus Teknis TIK" not in text_of(as_chief.get(COMPETENCIES))


def test_a_learner_has_no_place_here(browser, mira, at):
    as_mira = browser.sign_in(mira)
    for url in (COMPETENCIES, STANDARDS):
        as_mira.get(url, status=403)
