"""The index on plain values: the worked examples, the scale, what counts and until when."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from corpu import vocabulary
from corpu.hours.tables import forms_on
from corpu.ipasn.facts import Dimension, Facts, Item, Sanction, Training
from corpu.ipasn.rules import StepKind, band_of, estimate
from tests.ipasn.factories import SCALE, TODAY, days_ago, part, pengawas, with_step

SEMINAR = Training("WEBINAR", days_ago(300))

WORKED = {
    "pengawas without seminar": (pengawas(), (15, 30, 25, 5), 75, "sedang"),
    "pengawas after one seminar": (
        pengawas(trainings=(*pengawas().trainings, SEMINAR)),
        (15, 40, 25, 5),
        85,
        "tinggi",
    ),
    "pelaksana": (
        Facts(
            day=TODAY,
            post_type="PELAKSANA",
            education=("d3",),
            trainings=(Training("TEKNIS", days_ago(10), Decimal(20)), SEMINAR),
            performance={2025: "baik"},
        ),
        (10, 40, 25, 5),
        80,
        "sedang",
    ),
    "jf ahli muda": (
        Facts(
            day=TODAY,
            post_type="JF_MU",
            education=("s2",),
            trainings=(
                Training("FUNGSIONAL", date(2015, 1, 1)),
                Training("TEKNIS", days_ago(10), Decimal(20)),
                SEMINAR,
            ),
            performance={2025: "sangat_baik"},
        ),
        (20, 40, 30, 5),
        95,
        "sangat_tinggi",
    ),
    "administrator with the training of a lower post": (
        Facts(
            day=TODAY,
            post_type="ADMINISTRATOR",
            education=("s2",),
            trainings=(
                Training("PKP", date(2012, 1, 1)),
                Training("TEKNIS", days_ago(10), Decimal(10)),
            ),
            performance={2025: "baik"},
            sanctions=(Sanction("ringan", date(2024, 6, 1)),),
        ),
        (20, 0, 25, 3),
        48,
        "sangat_rendah",
    ),
}


@pytest.mark.parametrize("case", WORKED)
def test_the_worked_examples_come_out(case):
    facts, shares, total, band = WORKED[case]
    found = estimate(facts, SCALE)
    assert tuple(share.points for share in found.shares) == shares
    assert (found.total, found.band, found.unrecorded) == (total, band, ())


def test_one_seminar_is_said_to_add_ten_and_does():
    step = estimate(pengawas(), SCALE).best_step
    assert (step.kind, step.gain) == (StepKind.SEMINAR, 10)
    assert estimate(with_step(pengawas(), step), SCALE).total == 85


# ------------------------------------------------------------------------------- the scale


def test_the_shipped_scale_is_that_of_the_regulation():
    assert list(SCALE.most.values()) == [25, 40, 30, 5]
    assert list(SCALE.education.values()) == [25, 20, 15, 10, 5, 1]
    assert list(SCALE.performance.values()) == [30, 25, 15, 5, 1]
    assert [SCALE.without_sanction, *SCALE.discipline.values()] == [5, 3, 2, 1]
    assert list(SCALE.items["PELAKSANA"].values()) == [Decimal("22.5"), Decimal("17.5")]


def test_every_form_of_the_hours_counts_as_something_but_for_leadership():
    """KL01 says nothing of the level, and leadership counts by level."""
    assert set(SCALE.forms_as) == {form.code for form in forms_on(TODAY)} - {"KL01"}
    assert set(SCALE.forms_as.values()) <= set(SCALE.counts_as)


def test_every_post_type_has_its_items_and_they_make_forty():
    for post_type in vocabulary.load("competencies")["required_level_default"]:
        assert sum(SCALE.items[post_type].values()) == 40, post_type


def test_the_leadership_training_of_a_post_is_that_of_the_posts_own_table():
    for row in vocabulary.load("jabatan")["types"]:
        assert SCALE.leadership_for.get(row["code"]) == row["leadership_training"]


def test_every_kind_that_counts_is_a_kind_of_training_we_know():
    assert set(SCALE.counts_as) - set(vocabulary.kinds()) == {"NO_DUTY"}


@pytest.mark.parametrize(
    ("total", "band"),
    [
        ("100", "sangat_tinggi"),
        ("91", "sangat_tinggi"),
        ("90.99", "tinggi"),
        ("81", "tinggi"),
        ("80.5", "sedang"),
        ("71", "sedang"),
        ("70.5", "rendah"),
        ("61", "rendah"),
        ("60.5", "sangat_rendah"),
        ("0", "sangat_rendah"),
    ],
)
def test_a_total_between_two_bands_belongs_to_the_lower(total, band):
    assert band_of(Decimal(total), SCALE) == band


# --------------------------------------------------------------------------- what counts when


def test_technical_hours_count_for_a_year_to_the_day():
    for back, counts in ((date(2025, 11, 24), True), (date(2025, 11, 23), False)):
        facts = pengawas(trainings=(Training("TEKNIS", back, Decimal(20)),))
        assert part(facts, Item.TECHNICAL).is_achieved is counts


def test_a_seminar_counts_for_two_years_to_the_day():
    for back, counts in ((date(2024, 11, 24), True), (date(2024, 11, 23), False)):
        facts = pengawas(trainings=(Training("WEBINAR", back),))
        assert part(facts, Item.SEMINAR).is_achieved is counts


def test_what_happens_later_does_not_count_yet():
    tomorrow = TODAY + timedelta(days=1)
    facts = pengawas(
        trainings=(Training("WEBINAR", tomorrow), Training("PKP", tomorrow)),
        sanctions=(Sanction("berat", tomorrow),),
        performance={2027: "sangat_baik"},
    )
    found = estimate(facts, SCALE)
    assert [part.is_achieved for part in found.parts] == [False, False, False]
    assert (found.sanction, found.performance) == (None, None)


def test_hours_just_below_twenty_give_nothing_and_say_how_many_are_lacking():
    found = part(pengawas(trainings=(Training("TEKNIS", TODAY, Decimal("19.99")),)), Item.TECHNICAL)
    assert (found.points, found.jp, found.lacking_jp) == (0, Decimal("19.99"), Decimal("0.01"))


def test_twenty_hours_stand_until_the_oldest_needed_one_falls_out():
    trainings = (
        Training("TEKNIS", date(2026, 1, 5), Decimal(9)),
        Training("TEKNIS", date(2026, 3, 1), Decimal(10)),
        Training("MOOC", date(2026, 6, 1), Decimal(10)),
    )
    facts = pengawas(trainings=trainings)
    until = part(facts, Item.TECHNICAL).until
    assert until == date(2027, 3, 1)
    assert part(replace(facts, day=until), Item.TECHNICAL).is_achieved
    assert not part(replace(facts, day=until + timedelta(days=1)), Item.TECHNICAL).is_achieved


def test_a_leap_day_counts_to_the_end_of_february():
    facts = pengawas(trainings=(Training("WEBINAR", date(2024, 2, 29)),), day=date(2026, 2, 28))
    assert part(facts, Item.SEMINAR).is_achieved
    assert not part(replace(facts, day=date(2026, 3, 1)), Item.SEMINAR).is_achieved


@pytest.mark.parametrize(
    ("post_type", "kind", "counts"),
    [
        ("PENGAWAS", "PKA", True),
        ("ADMINISTRATOR", "PKP", False),
        ("ADMINISTRATOR", "PKA", True),
        ("JPT_PRATAMA", "PKA", False),
        ("JPT_PRATAMA", "PKN_I", True),
        ("JPT_MADYA", "PKN_II", False),
        ("JPT_UTAMA", "PKN_I", True),
    ],
)
def test_leadership_training_counts_from_the_level_of_the_post_on(post_type, kind, counts):
    facts = pengawas(post_type=post_type, trainings=(Training(kind, date(2001, 1, 1)),))
    assert part(facts, Item.LEADERSHIP).is_achieved is counts


def test_a_functional_post_without_compulsory_training_is_taken_as_having_it():
    facts = pengawas(post_type="JF_PT", trainings=(Training("NO_DUTY", days_ago(9)),))
    assert part(facts, Item.FUNCTIONAL).is_achieved


def test_the_predicate_of_this_year_goes_before_that_of_the_last_one():
    found = estimate(pengawas(performance={2024: "sangat_baik", 2025: "baik"}), SCALE)
    assert found.performance == (2025, "baik")
    found = estimate(pengawas(performance={2025: "baik", 2026: "kurang"}), SCALE)
    assert found.performance == (2026, "kurang")


def test_a_predicate_of_two_years_ago_is_none():
    found = estimate(pengawas(performance={2024: "sangat_baik"}), SCALE)
    assert (found.performance, found.band) == (None, None)
    assert found.unrecorded == (Dimension.PERFORMANCE,)


def test_the_heaviest_sanction_of_five_years_counts():
    sanctions = (
        Sanction("sedang", date(2022, 1, 1)),
        Sanction("ringan", date(2026, 1, 1)),
        Sanction("berat", date(2021, 11, 23)),
    )
    found = estimate(pengawas(sanctions=sanctions), SCALE)
    assert found.share(Dimension.DISCIPLINE).points == 2
    assert found.sanction_until == date(2027, 1, 1)


# ------------------------------------------------------------------- what is not recorded


def test_what_is_not_recorded_gives_no_band_but_is_named():
    found = estimate(Facts(day=TODAY), SCALE)
    assert (found.total, found.band, found.steps) == (5, None, ())
    assert found.unrecorded == (
        Dimension.QUALIFICATION,
        Dimension.COMPETENCE,
        Dimension.PERFORMANCE,
    )


def test_a_full_index_has_no_step_left():
    facts = WORKED["jf ahli muda"][0]
    found = estimate(replace(facts, education=("s3",)), SCALE)
    assert (found.total, found.steps, found.best_step) == (100, (), None)


def test_what_one_can_do_alone_comes_first_and_the_greatest_of_it():
    found = estimate(pengawas(trainings=()), SCALE)
    assert [(step.kind, step.gain) for step in found.steps] == [
        (StepKind.TECHNICAL, 15),
        (StepKind.SEMINAR, 10),
        (StepKind.LEADERSHIP, 15),
        (StepKind.PERFORMANCE, 5),
        (StepKind.EDUCATION, 5),
    ]
