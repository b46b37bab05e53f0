"""The scale of the index as shipped in `corpu/data/ipasn.json`."""

from decimal import Decimal
from functools import cache
from typing import Any

from corpu import vocabulary
from corpu.ipasn.facts import Dimension, Item, Scale


@cache
def shipped() -> Scale:
    """The points in force (PermenPANRB 38/2018; Peraturan BKN 8/2019)."""
    data = vocabulary.load("ipasn")
    windows = data["windows"]
    return Scale(
        most={Dimension(row["code"]): Decimal(row["max"]) for row in data["dimensions"]},
        education=_points(data["education"]),
        items={
            post_type: {Item(row["key"]): Decimal(row["score"]) for row in group["items"]}
            for group in data["groups"]
            for post_type in group["post_types"]
        },
        leadership=tuple(row["training"] for row in data["leadership"]),
        leadership_for={
            post_type: row["training"]
            for row in data["leadership"]
            for post_type in row["post_types"]
        },
        counts_as={kind: Item(item) for kind, item in data["counts_as"].items()},
        forms_as=dict(data["forms_as"]),
        technical_jp=Decimal(data["technical_jp"]),
        performance=_points(data["performance"]),
        discipline=_points(data["discipline"]),
        without_sanction=Decimal(data["discipline_none"]),
        technical_years=windows["technical_years"],
        seminar_years=windows["seminar_years"],
        performance_years=windows["performance_years"],
        discipline_years=windows["discipline_years"],
        bands={row["code"]: Decimal(row["min"]) for row in data["bands"]},
    )


def _points(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {row["code"]: Decimal(row["score"]) for row in rows}
