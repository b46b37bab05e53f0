"""Dates and hours as an English document writes them."""

from datetime import date
from decimal import Decimal

from corpu.credentials.rules import format_jp, is_printable_jp

MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def date_en(day: date) -> str:
    """Write a date on an English document: `31 December 2026`."""
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


_ONES_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS_EN = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def jp_words_en(jp: Decimal) -> str:
    """Write JP in English words, 0 to 999 with decimals: 2.5 → `two point five`."""
    if not is_printable_jp(jp):
        raise ValueError("JP in words go from 0 to 999")
    whole, _, decimals = format_jp(jp).partition(",")
    words = _whole_words_en(int(whole))
    if decimals:
        words += " point " + " ".join(_ONES_EN[int(digit)] for digit in decimals)
    return words


def _whole_words_en(number: int) -> str:
    if number < 20:
        return _ONES_EN[number]
    if number < 100:
        tens, rest = _TENS_EN[number // 10 - 2], number % 10
        return f"{tens}-{_ONES_EN[rest]}" if rest else tens
    head, rest = f"{_ONES_EN[number // 100]} hundred", number % 100
    return f"{head} and {_whole_words_en(rest)}" if rest else head
