"""Drafts of post standards: nobody's requirement until they are published, once."""

import pytest
from sqlalchemy import select

from corpu import clock
from corpu.people.queries import standing
from corpu.standards import drafts, refusals
from corpu.standards.models import DraftState, PostStandard, StandardDraft
from corpu.standards.posts import Asked
from tests.factories import make_agency, make_person, make_unit
from tests.standards.factories import BASIS, DAY, REASON, draft_standard, require

WANTED = Asked("JF_PT", {"INT": 4})


def publish(session, agency, draft, **changes):
    return drafts.publish_draft(
        session,
        agency.id,
        draft.id,
        **{"seen": draft.edits, "legal_basis": BASIS, "reason": REASON, "by": None}
        | {"at": clock.now()}
        | changes,
    )


def discard(session, agency, draft, seen=None):
    seen = draft.edits if seen is None else seen
    drafts.discard_draft(session, agency.id, draft.id, seen=seen, by=None, at=clock.now())


def test_a_draft_requires_nothing_and_published_it_does_once(session, agency, at):
    person = make_person(session, name="Dewi Anggraini", unit=make_unit(session))
    draft = draft_standard(session, agency, WANTED)
    assert standing(session, person.id, at).required["INT"] == 2
    (entry,) = publish(session, agency, draft)
    assert (entry.legal_basis, entry.reason) == (BASIS, REASON)
    assert standing(session, person.id, at).required["INT"] == 4
    assert publish(session, agency, draft) == []
    assert len(session.scalars(select(PostStandard)).all()) == 1
    with pytest.raises(refusals.StandardDraftClosed):
        draft_standard(session, agency, WANTED, draft_id=draft.id, seen=0, starts_on=DAY)
    with pytest.raises(refusals.StandardDraftClosed):
        discard(session, agency, draft)


def test_sent_twice_it_is_one_draft_and_the_second_of_two_is_told(session, agency, at):
    draft = draft_standard(session, agency, WANTED)
    assert draft_standard(session, agency, WANTED, draft_id=draft.id).id == draft.id
    other = Asked("JF_PT", {"INT": 5})
    draft_standard(session, agency, other, draft_id=draft.id, seen=0)
    assert draft.edits == 1
    draft_standard(session, agency, other, draft_id=draft.id, seen=0)
    with pytest.raises(refusals.DraftChanged):
        draft_standard(session, agency, Asked("JF_PT", {"INT": 3}), draft_id=draft.id, seen=0)
    with pytest.raises(refusals.DraftChanged):
        publish(session, agency, draft, seen=0)
    with pytest.raises(refusals.DraftChanged):
        discard(session, agency, draft, seen=0)
    assert drafts.asked_of(draft) == [other]


def test_what_could_never_hold_is_no_draft(session, agency, at):
    require(session, agency, {"INT": 3})
    for wanted, day, refusal in (
        (Asked("RAJA", {"INT": 3}), DAY, refusals.UnknownPostType),
        (Asked("JF_PT", {}), DAY, refusals.NothingAsked),
        (Asked("JF_PT", {"XYZ": 3}), DAY, refusals.Wrong),
        (Asked("JF_PT", {"INT": 4}), DAY, refusals.StandardsOverlap),
        (Asked("JF_MU", None), DAY, refusals.NothingToEnd),
    ):
        with pytest.raises(refusal):
            draft_standard(session, agency, wanted, starts_on=day)
    assert session.scalars(select(StandardDraft)).all() == []


def test_a_draft_is_put_away_and_of_another_agency_not_to_be_found(session, agency, at):
    draft = draft_standard(session, agency, WANTED)
    other = make_agency(session, name="Instansi Lain")
    for act in (publish, discard):
        with pytest.raises(refusals.UnknownDraft):
            act(session, other, draft)
    with pytest.raises(refusals.UnknownDraft):
        draft_standard(session, other, WANTED, draft_id=draft.id)
    assert drafts.open_drafts(session, agency.id) == [draft]
    discard(session, agency, draft)
    discard(session, agency, draft)
    assert draft.state is DraftState.DISCARDED
    assert drafts.open_drafts(session, agency.id) == []
    with pytest.raises(refusals.UnknownDraft):
        drafts.draft_of(session, agency.id, draft.id)
    with pytest.raises(refusals.StandardDraftClosed):
        publish(session, agency, draft)
