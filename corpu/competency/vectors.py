"""Examples with expected results: shipped, tested, and open to any agency's own.

A case holds `name`, `at`, `evidence`, optionally `rule`, and `expect` with `level`, `score`,
`capped`, `counted` and `ignored`; the last two are compared as sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

from corpu.competency.facts import Evidence, Refused, Rule, read_moment
from corpu.competency.scoring import Outcome, score
from corpu.errors import N_

CASE_KEYS = {"name", "at", "evidence", "rule", "expect"}
EXPECT_KEYS = ("level", "score", "capped", "counted", "ignored")


@dataclass(frozen=True, slots=True)
class Difference:
    """One point where a case differs. `field` is `case` where it could not be computed at all."""

    case: str
    field: str
    expected: str
    got: str

    def __str__(self) -> str:
        if self.field == "case":
            return f"{self.case}: {self.got}"
        return f"{self.case}: {self.field}: {self.expected} ≠ {self.got}"


def read_vectors(text: str) -> list[Any]:
    """The cases of a JSON file, numbers as decimals. Refuses what is no list of cases."""
    try:
        cases = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(N_("Berkas contoh bukan JSON yang benar: %(why)s"), why=error) from None
    if not isinstance(cases, list):
        raise Refused(N_("Berkas contoh wajib berupa daftar kasus."))
    return cases


def shipped_vectors() -> list[Any]:
    """The examples that come with the product."""
    return read_vectors(files(__package__).joinpath("vectors.json").read_text(encoding="utf-8"))


def check_vectors(cases: Iterable[Any]) -> list[Difference]:
    """Compute every case and name each point that differs. An empty list is agreement."""
    differences: list[Difference] = []
    for position, case in enumerate(cases, start=1):
        name = f"#{position}"
        if isinstance(case, dict) and isinstance(case.get("name"), str):
            name = case["name"]
        try:
            differences += _check(name, case)
        except Refused as refused:
            differences.append(Difference(name, "case", "", str(refused)))
    return differences


def _check(name: str, case: Any) -> list[Difference]:
    if not isinstance(case, dict):
        raise Refused(N_("Kasus wajib berupa pasangan kunci dan nilai."))
    for key in case:
        if key not in CASE_KEYS:
            raise Refused(N_("Kunci “%(key)s” tidak dikenal."), key=key)
    expect, evidence = case.get("expect"), case.get("evidence")
    if not isinstance(evidence, list):
        raise Refused(N_("evidence wajib berupa daftar."))
    if not isinstance(expect, dict) or set(expect) != set(EXPECT_KEYS):
        raise Refused(N_("expect wajib berisi tepat: %(keys)s."), keys=", ".join(EXPECT_KEYS))
    outcome = score(
        [Evidence.from_dict(piece) for piece in evidence],
        Rule.from_dict(case.get("rule", {})),
        read_moment(case.get("at")),
    )
    return [
        Difference(name, field, str(wanted), str(got))
        for field in EXPECT_KEYS
        for wanted, got in [(_comparable(field, expect[field]), _result(field, outcome))]
        if wanted != got
    ]


def _result(field: str, outcome: Outcome) -> Any:
    value = getattr(outcome, field)
    return sorted(value) if field in ("counted", "ignored") else value


def _comparable(field: str, value: Any) -> Any:
    """The expected value in the shape of a result; one of a wrong type is refused."""
    try:
        if field == "counted":
            return sorted({str(id) for id in _as_list(value)})
        if field == "ignored":
            return sorted({(str(id), str(reason)) for id, reason in map(_as_list, _as_list(value))})
        if field == "score" and value is not None:
            return Decimal(str(value))
    except (TypeError, ValueError, InvalidOperation):
        raise Refused(N_("expect.%(field)s tidak dapat dibaca."), field=field) from None
    if isinstance(value, bool) is not (field == "capped"):
        raise Refused(N_("expect.%(field)s tidak dapat dibaca."), field=field)
    return value


def _as_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)
