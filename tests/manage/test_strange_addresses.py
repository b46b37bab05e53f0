"""Addresses that no link of ours holds are answered like any other."""

import pytest


@pytest.mark.parametrize("before", ["0", "2147483648", "9" * 17, "9" * 5000, "-1", "²", ""])
def test_any_number_of_an_entry_is_a_page_of_the_audit(as_chief, before):
    as_chief.get("/manage/audit", query_string={"before": before})


@pytest.mark.parametrize("page", ["people", "certificates", "audit"])
def test_signs_that_a_search_knows_are_only_letters_here(as_chief, mira, page):
    query = dict.fromkeys(("q", "who", "subject", "after"), "%_\\\x00")
    assert "Mira" not in as_chief.get(f"/manage/{page}", query_string=query).main.text
