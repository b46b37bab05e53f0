"""Completion issues; what is refused waits, says why, and comes when that is mended."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from corpu.audit import AuditEntry
from corpu.credentials import queries, revoking, service
from corpu.credentials.life import Standing
from corpu.credentials.models import Certificate, Issuer, NumberSequence
from corpu.credentials.reasons import Reason
from corpu.credentials.searching import search
from corpu.credentials.snapshot import Snapshot
from corpu.errors import NotFound
from corpu.events import CourseCompleted, IssuerChanged, publish
from corpu.hours.models import HourEntry
from corpu.installation import Installation, Origin
from corpu.jobs import Job, run_until_idle
from corpu.people.models import Person, Unit
from corpu.transactions import unit_of_work
from tests.credentials.world import (
    bpsdm,
    certificate_of,
    complete,
    issue,
    make_course,
    make_issuer,
    waiting_of,
)
from tests.factories import make_person, make_unit, save
from tests.statements import statements


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def course(session, app, unit):
    return make_course(session, app, unit)


def test_a_completion_has_its_certificate(session, mira, course, at):
    certificate = issue(session, mira, course, at)
    assert certificate.number == "800.2/00001/BPSDM/XI/2026"
    content = Snapshot.from_dict(certificate.snapshot)
    assert (content.name, content.nip, content.post) == ("Mira Lestari", mira.nip, "Analis Uji")
    assert (content.course_title, content.jp, content.jp_words) == (
        "Air Bersih Uji",
        Decimal(2),
        "dua",
    )
    assert (content.title, content.issuer) == ("Sertifikat", "BPSDM Provinsi Contoh")
    assert content.verify_url.startswith("http://127.0.0.1:8000/verify/")
    assert [goal.number for goal in content.goals] == [6, 16]
    assert sum(row.jp for row in content.curriculum) == 2
    assert not content.demo
    assert certificate.snapshot_sha256 == content.sha256()
    assert len(certificate.code) == 16


def test_the_kind_is_that_of_the_course_and_none_is_none(session, app, mira, unit, at):
    passed = issue(session, mira, make_course(session, app, unit, document="sttp"), at)
    assert passed.snapshot["title"] == "Surat Tanda Tamat Pelatihan"
    # One sequence for each kind: a template that tells them apart is the manager's to write.
    session.scalars(select(Issuer)).one().number_template = "SK-{seq}/{unit}/{tahun}"
    session.commit()
    attended = make_course(session, app, unit, document="surat-keterangan")
    assert issue(session, mira, attended, at).snapshot["title"] == "Surat Keterangan"
    silent = make_course(session, app, unit, document="none")
    event = complete(session, mira, silent, at)
    service.issue_for_completion(session, event)
    assert certificate_of(session, event) is None
    assert waiting_of(session, event) is None


def test_hours_and_certificate_follow_from_one_event(session, mira, course, at):
    publish(session, complete(session, mira, course, at))
    assert session.scalar(select(func.count()).select_from(HourEntry)) == 1
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_saying_it_twice_issues_once(session, mira, course, at):
    event = complete(session, mira, course, at)
    service.issue_for_completion(session, event)
    service.issue_for_completion(session, event)
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1
    assert session.scalar(select(NumberSequence.last)) == 1
    assert session.scalar(select(func.count(Job.id)).filter_by(kind=service.RENDER)) == 1


def test_a_demonstration_says_so_on_its_certificates(session, mira, course, at):
    save(session, Installation(id=1, origin=Origin.DEMO, created_at=at))
    assert issue(session, mira, course, at).snapshot["demo"] is True


def test_issuing_is_quick(session, mira, course, at):
    issue(session, make_person(session), course, at)
    event = complete(session, mira, course, at)
    with statements() as seen:
        service.issue_for_completion(session, event)
    assert len(seen) <= 9, seen


# --------------------------------------------------------------------------- who issues


def test_the_nearest_unit_above_that_can_issue_does(session, app, mira, unit, at):
    middle = make_unit(session, name="Balai", parent=unit)
    owner = make_unit(session, parent=middle)
    course = make_course(session, app, owner)
    assert issue(session, mira, course, at).snapshot["issuer"] == unit.name
    make_issuer(session, middle)
    other = make_person(session)
    assert issue(session, other, course, at).snapshot["issuer"] == "Balai"


def test_an_archived_unit_issues_nothing_more(session, app, mira, unit, at):
    old = make_unit(session, parent=unit)
    make_issuer(session, old)
    old.archived_at = at
    session.commit()
    assert issue(session, mira, make_course(session, app, old), at).snapshot["issuer"] == unit.name


# ------------------------------------------------------------------------------ waiting


@pytest.mark.parametrize(
    ("flaw", "reason", "detail"),
    [
        ({"signatory_name": " "}, Reason.NO_SIGNATORY, ""),
        ({"signatory_post": ""}, Reason.NO_SIGNATORY, ""),
        ({"place": ""}, Reason.NO_PLACE, ""),
        ({"number_template": "{seq}/{tahun}/{kota}"}, Reason.BROKEN_TEMPLATE, ""),
        ({"number_template": "{seq}/{angkatan}/{tahun}"}, Reason.BROKEN_TEMPLATE, ""),
        ({"signatory_name": "ไท Hadi"}, Reason.UNPRINTABLE, "ไ ท"),
    ],
)
def test_what_is_refused_waits_and_comes_when_mended(
    session, app, agency, mira, at, flaw, reason, detail
):
    unit = bpsdm(session, **flaw)
    event = complete(session, mira, make_course(session, app, unit), at)
    publish(session, event)
    session.commit()
    waits = waiting_of(session, event)
    assert (waits.reason, waits.detail, waits.unit_id) == (reason, detail, unit.id)
    assert session.scalar(select(func.count()).select_from(HourEntry)) == 1, "hours stand"
    assert session.scalar(select(NumberSequence.last)) is None, "no number was spent"
    shown = queries.waiting(session, person_id=mira.id)[0]
    assert detail in shown.why
    assert unit.name in shown.who_acts

    issuer = session.scalars(select(Issuer).filter_by(unit_id=unit.id)).one()
    issuer.signatory_name, issuer.signatory_post = "Ir. Hadi", "Kepala"
    issuer.place, issuer.number_template = "Surabaya", "{seq}/{tahun}"
    publish(session, IssuerChanged(unit.id, at))
    session.commit()
    run_until_idle(session, lambda: at)
    assert certificate_of(session, event).number == "1/2026"
    assert waiting_of(session, event) is None


def test_without_any_issuing_unit_the_owner_must_act(session, app, agency, mira, at):
    top = make_unit(session)
    owner = make_unit(session, parent=top)
    event = complete(session, mira, make_course(session, app, owner), at)
    service.issue_for_completion(session, event)
    waits = waiting_of(session, event)
    assert (waits.reason, waits.unit_id) == (Reason.NO_ISSUER, owner.id)
    make_issuer(session, top)
    assert service.retry_pending(session, at, top.id) == service.Retried(1, 0, more=False)
    assert certificate_of(session, event) is not None


def test_a_change_elsewhere_tries_nothing_here(session, app, agency, mira, at):
    unit, elsewhere = bpsdm(session, place=""), make_unit(session)
    event = complete(session, mira, make_course(session, app, unit), at)
    service.issue_for_completion(session, event)
    session.scalars(select(Issuer)).one().place = "Surabaya"
    assert service.retry_pending(session, at, elsewhere.id).issued == 0
    assert service.retry_pending(session, at, unit.id).issued == 1


def test_a_name_that_cannot_be_printed_waits_until_it_can(session, mira, course, at):
    mira.name = "Mira 明"
    session.commit()
    event = complete(session, mira, course, at)
    service.issue_for_completion(session, event)
    assert waiting_of(session, event).detail == "明"
    session.get_one(Person, mira.id).name = "Mira Ming"
    session.commit()
    later = at + timedelta(minutes=11)
    run_until_idle(session, lambda: at)  # tried a moment ago: left alone
    assert certificate_of(session, event) is None
    run_until_idle(session, lambda: later)
    assert certificate_of(session, event).snapshot["name"] == "Mira Ming"


def test_a_number_that_another_unit_has_used_waits_instead_of_failing(
    session, app, agency, mira, jonas, at
):
    plain = {"number_template": "{seq}/{tahun}"}
    first, second = bpsdm(session, **plain), bpsdm(session, **plain)
    assert issue(session, mira, make_course(session, app, first), at).number == "1/2026"
    event = complete(session, jonas, make_course(session, app, second), at)
    service.issue_for_completion(session, event)
    session.commit()
    waits = waiting_of(session, event)
    assert (waits.reason, waits.detail) == (Reason.NUMBER_TAKEN, "1/2026")
    issuer = session.scalars(select(Issuer).filter_by(unit_id=second.id)).one()
    issuer.number_template = "{seq}/{unit}/{tahun}"
    session.commit()
    service.retry_pending(session, at)
    assert certificate_of(session, event).sequence == 1, "its number was given back"


def test_a_fault_of_ours_costs_nobody_their_completion(session, mira, course, at, monkeypatch):
    def broken(*_args, **_options):
        raise KeyError("unforeseen")

    with monkeypatch.context() as patched:
        patched.setattr(service, "draft", broken)
        event = complete(session, mira, course, at)
        publish(session, event)
    assert waiting_of(session, event).reason is Reason.FAILED
    assert session.scalar(select(func.count()).select_from(HourEntry)) == 1
    service.retry_pending(session, at)
    assert certificate_of(session, event) is not None


def test_batches_try_each_once(session, app, agency, at):
    unit = bpsdm(session, place="")
    course = make_course(session, app, unit)
    for _ in range(5):
        service.issue_for_completion(session, complete(session, make_person(session), course, at))
    later = at + timedelta(seconds=1)
    rounds = [service.retry_pending(session, later, tried_before=later, limit=2) for _ in range(3)]
    assert [(done.waiting, done.more) for done in rounds] == [(2, True), (2, True), (1, False)]
    session.scalars(select(Issuer)).one().place = "Surabaya"
    assert service.retry_pending(session, later).issued == 5
    numbers = session.scalars(select(Certificate.sequence).order_by(Certificate.sequence))
    assert list(numbers) == [1, 2, 3, 4, 5]


# ------------------------------------------------------------------------------ numbers


def test_the_year_is_that_of_the_issuing_unit(session, app, agency, mira, jonas):
    """22.30 WIB on New Year's Eve: in Jayapura the new year has begun."""
    late = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    west = bpsdm(session)
    east = make_unit(session, timezone="Asia/Jayapura")
    make_issuer(session, east)
    here = issue(session, mira, make_course(session, app, west), late)
    there = issue(session, jonas, make_course(session, app, east), late)
    assert (here.year, here.number.split("/")[-2:]) == (2026, ["XII", "2026"])
    assert (there.year, there.number.split("/")[-2:]) == (2027, ["I", "2027"])
    assert there.snapshot["issued_on"] == "2027-01-01"
    assert there.snapshot["completed_on"] == "2026-12-31", "the learner's own day, in WIB"


def test_each_kind_and_year_has_its_own_sequence(session, app, mira, jonas, agency, at):
    unit = bpsdm(session, unit_token="A", number_template="{seq}/{unit}/{tahun}")
    course = make_course(session, app, unit)
    passed = make_course(session, app, unit, document="sttp")
    next_year = at.replace(year=2027)
    assert issue(session, mira, course, at).sequence == 1
    assert issue(session, jonas, course, at).sequence == 2
    assert issue(session, mira, course, next_year, ordinal=2).sequence == 1
    # The same template for both kinds writes the same number: that one waits.
    assert issue(session, mira, passed, at) is None
    session.scalars(select(Issuer)).one().number_template = "STTP-{seq}/{unit}/{tahun}"
    session.commit()
    service.retry_pending(session, at)
    numbers = set(session.scalars(select(Certificate.number)))
    assert numbers == {"1/A/2026", "2/A/2026", "1/A/2027", "STTP-1/A/2026"}


def pull_the_plug(session, event):
    """Issue, and lose the transaction before it commits."""
    try:
        with unit_of_work(session):
            service.issue_for_completion(session, event)
            assert certificate_of(session, event) is not None
            raise ConnectionAbortedError
    except ConnectionAbortedError:
        pass


def test_a_rollback_gives_the_number_back(session, mira, jonas, course, at):
    event = complete(session, mira, course, at)
    pull_the_plug(session, event)
    assert certificate_of(session, event) is None
    assert issue(session, jonas, course, at).sequence == 1
    service.issue_for_completion(session, event)
    assert certificate_of(session, event).sequence == 2


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.sampled_from(["issue", "fail", "revoke", "repeat"]), max_size=8))
def test_whatever_happens_the_numbers_have_no_gap(session, mira, course, at, acts):
    """Issued, rolled back, revoked, repeated in any order: 1, 2, 3, …, each once."""
    for act in acts:
        if act == "issue":
            issue(session, make_person(session), course, at)
        elif act == "fail":
            event = complete(session, make_person(session), course, at)
            pull_the_plug(session, event)
        latest = session.scalar(select(Certificate).order_by(Certificate.sequence.desc()).limit(1))
        if act == "repeat" and latest is not None:
            again = CourseCompleted(
                latest.completion_id, mira.id, latest.person_id, latest.course_id, at
            )
            service.issue_for_completion(session, again)
            session.commit()
        if act == "revoke" and latest is not None and latest.revoked_at is None:
            revoking.revoke(
                session,
                latest.id,
                by=None,
                by_name="konsol",
                reason="uji",
                at=at,
                revocation_class="identity",
            )
            session.commit()
    numbers = session.scalars(select(Certificate.sequence).order_by(Certificate.sequence)).all()
    assert numbers == list(range(1, len(numbers) + 1))


# ----------------------------------------------------------------------------- revoking


def test_revoking_keeps_number_and_content_and_says_who_and_why(session, mira, jonas, course, at):
    certificate = issue(session, mira, course, at)
    before = dict(certificate.snapshot)
    revoking.revoke(
        session,
        certificate.id,
        by=jonas.id,
        by_name="Jonas",
        reason="  Salah  orang ",
        at=at,
        revocation_class="identity",
    )
    assert certificate.revocation_reason == "Salah orang"
    assert certificate.snapshot == before
    entry = session.scalars(select(AuditEntry).filter_by(action="certificate.revoked")).one()
    assert (entry.actor_name, entry.reason) == ("Jonas", "Salah orang")
    assert entry.subject_name == certificate.number
    assert entry.unit_id == session.scalars(select(Issuer.unit_id)).one()
    with pytest.raises(revoking.AlreadyRevoked) as again:
        revoking.revoke(
            session,
            certificate.id,
            by=None,
            by_name="x",
            reason="lagi",
            at=at,
            revocation_class="identity",
        )
    assert again.value.status == 409
    assert certificate.revocation_reason == "Salah orang"


def test_revoking_needs_a_reason_and_reach(session, mira, course, at):
    certificate = issue(session, mira, course, at)
    for reason in (" \n ", "x" * 501):
        with pytest.raises(revoking.ReasonMissing):
            revoking.revoke(
                session,
                certificate.id,
                by=None,
                by_name="x",
                reason=reason,
                at=at,
                revocation_class="identity",
            )
    with pytest.raises(NotFound):
        revoking.revoke(
            session,
            certificate.id,
            by=None,
            by_name="x",
            reason="uji",
            at=at,
            units={mira.id},
            revocation_class="identity",
        )
    with pytest.raises(NotFound):
        revoking.revoke(
            session, mira.id, by=None, by_name="x", reason="uji", at=at, revocation_class="identity"
        )
    assert certificate.revoked_at is None


# ------------------------------------------------------------------------------- search


def test_managers_find_by_number_name_nip_and_code(session, app, mira, jonas, course, unit, at):
    hers, his = issue(session, mira, course, at), issue(session, jonas, course, at)

    def found(words, **options):
        return {row.id for row in search(session, words, **options).rows}

    assert found("") == {hers.id, his.id}
    assert found("mira LESTARI") == {hers.id}
    assert found("00002/BPSDM") == {his.id}
    assert found(f"NIP {mira.nip[:8]} {mira.nip[8:]}") == {hers.id}
    assert found(his.code.lower()) == {his.id}
    assert found("mira tahitu") == set()
    assert found("%") == set()
    assert found("", units={unit.id}) == {hers.id, his.id}
    assert found("", units={mira.id}) == set()
    session.get_one(Person, mira.id).name = "Mira Wijaya"
    session.commit()
    assert found("wijaya") == found("lestari") == {hers.id}
    revoking.revoke(
        session, hers.id, by=None, by_name="x", reason="uji", at=at, revocation_class="identity"
    )
    assert found("", state=Standing.REVOKED, day=at.date()) == {hers.id}
    assert found("", state=Standing.VALID, day=at.date()) == {his.id}


def test_search_pages_meet_everyone_once(session, course, at):
    made = [
        issue(session, make_person(session), course, at + timedelta(seconds=n // 2)).id
        for n in range(5)
    ]
    seen, after = [], None
    while True:
        page = search(session, after=after, limit=2)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(seen) == 5
    assert set(seen) == set(made)
    moments = [session.get_one(Certificate, one).issued_at for one in seen]
    assert moments == sorted(moments, reverse=True)
    assert len(search(session, after="~nonsense~", limit=9).rows) == 5
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        assert search(session, after=f"{moment}~{'0' * 32}", limit=9).rows


def test_what_changes_afterwards_changes_nothing_issued(session, mira, course, unit, at):
    certificate = issue(session, mira, course, at)
    before = dict(certificate.snapshot)
    session.get_one(Person, mira.id).name = "Mira Wijaya"
    session.get_one(Unit, unit.id).name = "Badan Lain"
    session.scalars(select(Issuer)).one().number_template = "{seq}-{tahun}"
    session.commit()
    session.expire_all()
    service.issue_for_completion(
        session,
        CourseCompleted(certificate.completion_id, mira.id, mira.id, course.course_id, at),
    )
    again = session.get_one(Certificate, certificate.id)
    assert (again.snapshot, again.number) == (before, certificate.number)
