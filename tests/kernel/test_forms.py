"""Numbers in forms, as people write them."""

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from corpu.forms import ExactField, Form
from corpu.numbers import whole


class Asked(Form):
    class Meta(Form.Meta):
        csrf = False

    amount = ExactField()


@pytest.fixture
def read(app):
    def read(text):
        with app.test_request_context(headers={"Accept-Language": "id"}):
            form = Asked(MultiDict({"amount": text}))
            form.validate()
            return form.amount.data, [str(one) for one in form.amount.errors]

    return read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        (" 7 ", "7"),
        ("1.250.000", "1250000"),
        ("1.250,5", "1250.5"),
        ("−3", "-3"),
        ("0,125", "0.125"),
    ],
)
def test_a_number_is_read_as_people_write_it(read, text, number):
    assert read(text) == (Decimal(number), [])


def test_nothing_written_is_for_validators_to_judge(read):
    assert read("") == (None, [])


def test_what_may_be_thousands_or_a_fraction_is_asked_back(read):
    data, [sentence] = read("1.250")
    assert data is None
    assert sentence.startswith("Tulis 1250 atau 1,25")


@pytest.mark.parametrize("text", ["dua", "NaN", "Infinity", "1e9", "1,2,3", "9" * 100, "--1"])
def test_anything_else_gets_the_sentence(read, text):
    assert read(text) == (None, ["Tulis angka, misalnya 12,5"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("999999999", 999999999),
        *((text, None) for text in ("1000000000", "-1", "²", "", None, "1" * 5000, " 7")),
    ],
)
def test_a_whole_number_in_an_address(text, number):
    assert whole(text) == number
