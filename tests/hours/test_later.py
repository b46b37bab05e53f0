"""What has changed since a book was closed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.later import changes

books = st.dictionaries(st.integers(0, 9), st.decimals(0, 40, places=2), max_size=8)


@given(books, books)
def test_the_closed_total_and_the_changes_make_the_present_one(then, now):
    found = changes(then, now)
    total = sum(then.values(), Decimal()) + sum((one.difference for one in found), Decimal())
    assert total == sum(now.values(), Decimal())
    assert all(one.then != one.now for one in found)
    assert len({one.key for one in found}) == len(found)


@given(books)
def test_a_book_that_stands_has_no_changes(book):
    assert changes(book, dict(reversed(book.items()))) == ()
