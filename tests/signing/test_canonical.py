"""The same value has the same bytes, whoever writes it; another value has others."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpu.signing.canonical import NotCanonical, canonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def shuffled(value):
    """The same value, its keys in the other order."""
    if isinstance(value, dict):
        return {key: shuffled(part) for key, part in reversed(value.items())}
    return [shuffled(part) for part in value] if isinstance(value, list) else value


@settings(max_examples=40)
@given(values)
def test_what_is_written_reads_back_and_does_not_depend_on_the_order_of_keys(value):
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(shuffled(value)) == written
    assert canonical(json.loads(written)) == written


@settings(max_examples=40)
@given(values, values)
def test_different_values_have_different_bytes(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical(one) == canonical(other)) is same


def test_the_example_of_the_rfc_is_written_as_there():
    """RFC 8785, section 3.2.3: keys in the order of UTF-16."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(keys)))) == order
    assert (
        canonical({"a": '€$\u000f\nA\'B"\\\\"/'})
        == '{"a":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.5"),
        date(2026, 11, 24),
        0.5,
        float("nan"),
        2**53,
        "\ud800",
        {"\ud800": 1},
        {1: "x"},
        b"bytes",
        {"deep": [{"in": {1, 2}}]},
    ],
)
def test_what_json_would_change_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)
