"""What a second person must agree to: asked for by one, answered by another."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from corpu.audit import AuditEntry
from corpu.credentials import proposals, wishes
from corpu.credentials.consent import set_consent
from corpu.credentials.life import CONSENT, Asked, Wished
from corpu.credentials.life_models import CorrectionWish, Proposal
from corpu.credentials.models import Certificate
from corpu.credentials.revoking import AlreadyRevoked, AlreadySuperseded, OwnCertificate
from corpu.errors import NotFound
from corpu.people import service as people
from corpu.people.models import Person
from corpu.people.queries import viewer_for
from tests.credentials.world import bpsdm, issue, make_course
from tests.factories import make_person

REASON = "Surat inspektorat 700/12/2026"
NAME = {"name": "Mira Lestari, S.Sos."}


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, needs_consent=True)


@pytest.fixture
def certificate(session, app, mira, unit, at):
    return issue(session, mira, make_course(session, app, unit), at)


@pytest.fixture
def siti(session, agency, at):
    return manager(session, "Siti Maesaroh", at)


@pytest.fixture
def ratna(session, agency, at):
    return manager(session, "Ratna Wulandari", at)


def manager(session, name, at):
    person = make_person(session, name=name, roles=["manager"])
    return viewer_for(session, person.id, 0, at)


def ask(session, certificate, by, at, kind="revoke"):
    who = {"by": by.id, "by_name": by.name, "reason": REASON, "at": at}
    if kind == "revoke":
        found = proposals.ask_revocation(session, certificate.id, revocation_class="fraud", **who)
    else:
        found = proposals.ask_correction(session, certificate.id, NAME, **who)
    session.commit()
    return found


def act(session, what, proposal, by, at, units=None):
    if what == "refuse":
        proposals.refuse(session, proposal.id, answer="Tidak terbukti", by=by, at=at, units=units)
    else:
        getattr(proposals, what)(session, proposal.id, by=by, at=at, units=units)
    session.commit()


def again(session, certificate):
    return session.get(Certificate, certificate.id, populate_existing=True)


def test_until_a_second_person_agrees_the_certificate_is_valid(
    session, certificate, siti, ratna, at
):
    proposal = ask(session, certificate, siti, at)
    assert isinstance(proposal, Proposal)
    assert again(session, certificate).revoked_at is None
    act(session, "agree", proposal, ratna, at)
    row = again(session, certificate)
    assert (row.revoked_at, row.revoked_by, row.revocation_class) == (at, siti.id, "fraud")
    assert (proposal.state, proposal.answered_by) == (Asked.AGREED, ratna.id)
    (entry,) = session.scalars(select(AuditEntry).filter_by(action="certificate.revoked"))
    assert (entry.actor_id, entry.after["asked_by_name"]) == (ratna.id, "Siti Maesaroh")


OUTCOMES = [  # what is tried, by whom, after how many days; what it is then, and what was said
    ("agree", "siti", 0, Asked.WAITING, proposals.OwnProposal),
    ("refuse", "siti", 0, Asked.WAITING, proposals.OwnProposal),
    ("withdraw", "siti", 0, Asked.WITHDRAWN, None),
    ("agree", "ratna", 0, Asked.AGREED, None),
    ("refuse", "ratna", 0, Asked.REFUSED, None),
    ("withdraw", "ratna", 0, Asked.WAITING, proposals.NotYours),
    ("agree", "ratna", 14, Asked.WAITING, proposals.Settled),
    ("refuse", "ratna", 14, Asked.WAITING, proposals.Settled),
    ("withdraw", "siti", 14, Asked.WAITING, proposals.Settled),
    ("agree", "elsewhere", 0, Asked.WAITING, NotFound),
]


@pytest.mark.parametrize("kind", ["revoke", "correct"])
def test_who_may_do_what_about_what_was_asked(session, app, unit, siti, ratna, at, kind):
    course = make_course(session, app, unit)
    for what, who, days, state, refusal in OUTCOMES:
        certificate = issue(session, make_person(session, unit=unit), course, at)
        proposal = ask(session, certificate, siti, at, kind)
        by, units = siti if who == "siti" else ratna, {course.id} if who == "elsewhere" else None
        with pytest.raises(refusal) if refusal else nullcontext():
            act(session, what, proposal, by, at + timedelta(days=days), units)
        assert proposal.state is state, (what, who, days)
        row = again(session, certificate)
        is_done = state is Asked.AGREED
        assert (row.revoked_at is not None) == (is_done and kind == "revoke")
        assert (row.superseded_at is not None) == (is_done and kind == "correct")
        if state is not Asked.WAITING:  # whatever is tried afterwards
            for once_more in ("agree", "refuse", "withdraw"):
                with pytest.raises(proposals.Settled):
                    act(session, once_more, proposal, ratna, at)


def test_the_database_too_knows_no_consent_to_oneself(session, certificate, siti, at):
    proposal = ask(session, certificate, siti, at)
    for state in ("agreed", "refused"):
        values = {"state": state, "answered_at": at, "answered_by": siti.id, "answer": "ya"}
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(Proposal).filter_by(id=proposal.id).values(**values))


def test_what_nobody_answers_lapses_after_fourteen_days_and_may_be_asked_again(
    session, certificate, siti, ratna, at
):
    first = ask(session, certificate, siti, at)
    proposals.lapse_due(session, at + CONSENT - timedelta(seconds=1))
    assert first.state is Asked.WAITING
    late = at + CONSENT
    again_asked = ask(session, certificate, ratna, late)
    session.refresh(first)
    assert (first.state, again_asked.state) == (Asked.LAPSED, Asked.WAITING)
    proposals.lapse_due(session, late + CONSENT)
    assert again_asked.state is Asked.LAPSED
    entries = session.scalars(select(AuditEntry).filter_by(action="certificate.consent_lapsed"))
    assert len(entries.all()) == 2
    assert again(session, certificate).revoked_at is None


def test_one_thing_at_a_time_waits_and_the_same_twice_is_once(
    session, certificate, siti, ratna, at
):
    first = ask(session, certificate, siti, at)
    assert ask(session, certificate, siti, at).id == first.id
    for by, kind in ((ratna, "revoke"), (siti, "correct")):
        with pytest.raises(proposals.OtherWaits):
            ask(session, certificate, by, at, kind)
        session.rollback()


def test_an_asker_whose_account_is_closed_has_still_asked(session, certificate, siti, ratna, at):
    proposal = ask(session, certificate, siti, at)
    people.deactivate(session, siti.id, by=None, reason="Pensiun", at=at)
    session.commit()
    act(session, "agree", proposal, ratna, at)
    assert again(session, certificate).revoked_by == siti.id


def test_nobody_decides_on_their_own_certificate(session, app, unit, siti, ratna, at):
    own = issue(session, session.get(Person, siti.id), make_course(session, app, unit), at)
    for kind in ("revoke", "correct"):
        with pytest.raises(OwnCertificate):
            ask(session, own, siti, at, kind)
    proposal = ask(session, own, ratna, at)
    for what in ("agree", "refuse"):
        with pytest.raises(OwnCertificate):
            act(session, what, proposal, siti, at)
    assert proposal.state is Asked.WAITING


def test_what_the_console_asks_for_any_manager_may_agree_to(session, certificate, siti, at):
    proposal = proposals.ask_revocation(
        session,
        certificate.id,
        by=None,
        by_name="konsol",
        reason=REASON,
        revocation_class="order",
        at=at,
    )
    act(session, "agree", proposal, siti, at)
    assert again(session, certificate).revoked_at == at


def test_giving_up_the_second_person_takes_seven_days(session, unit, certificate, siti, ratna, at):
    def set_to(needed, moment):
        set_consent(session, unit.id, needed, by=siti, reason=REASON, at=moment)
        session.commit()

    set_to(False, at)
    set_to(False, at + timedelta(days=5))  # the seven days began with the first
    assert isinstance(ask(session, certificate, siti, at + timedelta(days=6)), Proposal)
    done = ask(session, certificate, siti, at + timedelta(days=7))
    assert isinstance(done, Certificate)
    waiting = session.scalars(select(Proposal.state)).one()
    assert waiting is Asked.OVERTAKEN, "what was asked for has been done another way"
    set_to(True, at + timedelta(days=8))
    set_to(True, at + timedelta(days=9))
    entries = session.scalars(select(AuditEntry).filter_by(action="issuer.consent_set")).all()
    assert [entry.after["needs_consent"] for entry in entries] == [False, True]


# ------------------------------------------------------------------------- a holder's wish

TEXT = "Gelar saya S.Sos., tercetak tanpa gelar."


def test_a_wish_is_answered_by_the_correction_or_by_no_with_the_reason(
    session, certificate, mira, jonas, siti, ratna, at
):
    with pytest.raises(NotFound):
        wishes.ask(session, jonas.id, certificate.id, TEXT, at=at)
    wish = wishes.ask(session, mira.id, certificate.id, TEXT, at=at)
    assert wishes.ask(session, mira.id, certificate.id, TEXT, at=at).id == wish.id
    with pytest.raises(wishes.AlreadyAsked):
        wishes.ask(session, mira.id, certificate.id, TEXT + " Segera.", at=at)
    with pytest.raises(proposals.AnswerMissing):
        wishes.refuse(session, wish.id, answer=" ", by=siti, at=at, units=None)
    wishes.refuse(session, wish.id, answer="Ijazah belum dilampirkan", by=siti, at=at, units=None)
    assert wish.state is Wished.REFUSED
    second = wishes.ask(session, mira.id, certificate.id, TEXT, at=at)
    proposal = ask(session, certificate, siti, at, "correct")
    assert second.state is Wished.WAITING, "an act that waits is no answer yet"
    act(session, "agree", proposal, ratna, at)
    assert second.state is Wished.GRANTED
    with pytest.raises(AlreadySuperseded):
        wishes.ask(session, mira.id, certificate.id, TEXT, at=at)


def test_a_wish_may_be_taken_back_and_ends_with_the_certificate(
    session, certificate, mira, siti, ratna, at
):
    wishes.ask(session, mira.id, certificate.id, TEXT, at=at)
    wishes.withdraw(session, mira.id, certificate.id, at=at)
    wishes.withdraw(session, mira.id, certificate.id, at=at)
    wishes.ask(session, mira.id, certificate.id, TEXT, at=at)
    act(session, "agree", ask(session, certificate, siti, at), ratna, at)
    states = set(session.scalars(select(CorrectionWish.state)))
    assert states == {Wished.WITHDRAWN, Wished.OVERTAKEN}
    with pytest.raises(AlreadyRevoked):
        wishes.ask(session, mira.id, certificate.id, TEXT, at=at)
