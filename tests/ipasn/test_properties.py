"""What always holds of the index, whatever the facts."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from corpu.ipasn.facts import Dimension, Facts, Sanction, Training
from corpu.ipasn.rules import estimate
from tests.ipasn.factories import SCALE, part, with_step

days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
trainings = st.builds(
    Training,
    kind=st.sampled_from([*SCALE.counts_as, "LATSAR"]),
    day=days,
    jp=st.decimals(0, 40, places=2),
    title=st.sampled_from(["", "A", "B"]),
)
sanctions = st.builds(Sanction, level=st.sampled_from(list(SCALE.discipline)), day=days)
everybody = st.builds(
    Facts,
    day=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    post_type=st.sampled_from([*SCALE.items, ""]),
    education=st.lists(st.sampled_from(list(SCALE.education)), max_size=3).map(tuple),
    trainings=st.lists(trainings, max_size=8).map(tuple),
    performance=st.dictionaries(
        st.integers(2022, 2029), st.sampled_from(list(SCALE.performance)), max_size=4
    ),
    sanctions=st.lists(sanctions, max_size=3).map(tuple),
)


@given(everybody)
def test_every_part_lies_within_its_bounds(facts):
    found = estimate(facts, SCALE)
    assert 0 <= found.total <= found.most == 100
    assert all(0 <= share.points <= share.most for share in found.shares)
    assert all(part.points in (0, part.most) for part in found.parts)


@given(everybody)
def test_the_total_is_the_sum_of_the_dimensions_and_competence_that_of_its_items(facts):
    found = estimate(facts, SCALE)
    assert found.total == sum(found.share(dimension).points for dimension in Dimension)
    assert found.share(Dimension.COMPETENCE).points == sum(part.points for part in found.parts)


@given(everybody, trainings, st.sampled_from(list(SCALE.education)))
def test_more_evidence_never_lowers(facts, training, level):
    before = estimate(facts, SCALE).total
    assert estimate(replace(facts, trainings=(*facts.trainings, training)), SCALE).total >= before
    assert estimate(replace(facts, education=(*facts.education, level)), SCALE).total >= before


@given(everybody, sanctions)
def test_another_sanction_never_raises(facts, sanction):
    more = replace(facts, sanctions=(*facts.sanctions, sanction))
    assert estimate(more, SCALE).total <= estimate(facts, SCALE).total


@given(everybody, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_never_matters(facts, random):
    def mixed(things):
        shuffled = list(things)
        random.shuffle(shuffled)
        return shuffled

    other = replace(
        facts,
        education=tuple(mixed(facts.education)),
        trainings=tuple(mixed(facts.trainings)),
        performance=dict(mixed(facts.performance.items())),
        sanctions=tuple(mixed(facts.sanctions)),
    )
    assert estimate(other, SCALE) == estimate(facts, SCALE)


@given(everybody)
def test_each_step_really_adds_what_it_says(facts):
    found = estimate(facts, SCALE)
    for step in found.steps:
        assert step.gain > 0
        assert estimate(with_step(facts, step), SCALE).total == found.total + step.gain


@given(everybody)
def test_all_known_steps_together_reach_all_there_is_to_reach(facts):
    """Nothing is left out of the steps: taken one after the other they end at the most that
    what is recorded allows."""
    found = estimate(facts, SCALE)
    while found.best_step:
        facts = with_step(facts, found.best_step)
        found = estimate(facts, SCALE)
    for share in found.shares:
        if share.is_known and share.dimension is not Dimension.DISCIPLINE:
            assert share.points == share.most


@given(everybody)
def test_a_band_is_said_only_when_everything_is_known(facts):
    found = estimate(facts, SCALE)
    assert (found.band is None) == bool(found.unrecorded)


@given(everybody)
def test_what_stands_until_a_day_stands_on_that_day_and_no_longer(facts):
    for found in estimate(facts, SCALE).parts:
        if found.until is None:
            continue
        only = replace(facts, trainings=found.trainings)
        assert part(replace(only, day=found.until), found.item).is_achieved
        later = replace(only, day=found.until + timedelta(days=1))
        assert not part(later, found.item).is_achieved
