"""The shipped examples hold, and the checker names what does not."""

import copy
import json
from decimal import Decimal

import pytest

from corpu.competency.rules import Refused
from corpu.competency.vectors import check_vectors, read_vectors, shipped_vectors

CASES = shipped_vectors()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_shipped_example_holds(case):
    assert check_vectors([case]) == []


def test_the_examples_are_many_and_named_once():
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names)) >= 35


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", 3),
        ("level", None),
        ("score", "2.01"),
        ("score", None),
        ("capped", True),
        ("counted", []),
        ("ignored", [["e1", "expired"]]),
    ],
)
def test_a_changed_expectation_is_named(field, value):
    case = copy.deepcopy(CASES[2])
    case["expect"][field] = value
    (difference,) = check_vectors([CASES[1], case])
    assert (difference.case, difference.field) == (case["name"], field)
    assert case["name"] in str(difference)


def test_counted_and_ignored_are_compared_as_sets():
    case = next(c for c in copy.deepcopy(CASES) if len(c["expect"]["ignored"]) == 3)
    case["expect"]["ignored"].reverse()
    assert check_vectors([case]) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda case: case.pop("evidence"),
        lambda case: case.pop("at"),
        lambda case: case.update(at="2026-12-01"),
        lambda case: case.pop("expect"),
        lambda case: case["expect"].pop("capped"),
        lambda case: case["expect"].update(capped="no"),
        lambda case: case["expect"].update(score="two"),
        lambda case: case["expect"].update(ignored=[["e1"]]),
        lambda case: case["expect"].update(counted="e1"),
        lambda case: case.update(rules={}),
        lambda case: case.update(rule={"mastry": 70}),
        lambda case: case["evidence"][0].update(kind="exam"),
        lambda case: case["evidence"][0].update(score=101),
        lambda case: case["evidence"].append(case["evidence"][0]),
    ],
)
def test_a_case_that_cannot_be_computed_is_named_and_the_rest_still_checked(change):
    case = copy.deepcopy(CASES[2])
    change(case)
    wrong = {**CASES[0], "expect": {**CASES[0]["expect"], "level": 1}}
    first, second = check_vectors([case, wrong])
    assert (first.case, first.field) == (case["name"], "case")
    assert (second.case, second.field) == (CASES[0]["name"], "level")


def test_a_case_without_name_goes_by_its_place():
    assert [difference.case for difference in check_vectors([CASES[0], 7, {}])] == ["#2", "#3"]


@pytest.mark.parametrize("text", ["", "{}", "[NaN]", "[1", "[" * 100_000])
def test_a_file_that_is_no_list_of_cases_is_refused(text):
    with pytest.raises(Refused):
        read_vectors(text)


def test_numbers_are_read_as_decimals():
    assert read_vectors("[74.99]") == [Decimal("74.99")]


def test_an_agency_can_write_its_own_file():
    text = json.dumps([dict(copy.deepcopy(CASES[0]), rule={"mastery": 80})])
    assert check_vectors(read_vectors(text)) == []
