"""What the dictionary says of the levels that matter to somebody: the required and the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, gettext

from corpu.competency.phrases import described
from corpu.competency.queries import Account
from corpu.competency.rules import HIGHEST


@dataclass(frozen=True)
class Meaning:
    """One level in the words of the dictionary, and why it is shown."""

    level: int
    why: str
    text: str
    observables: tuple[str, ...]


def definition(account: Account) -> str:
    """What the competency is, where the dictionary says so."""
    return str(account.names.get(f"definition_{_language()}", ""))


def meanings(account: Account) -> list[Meaning]:
    """The level that the post requires and the one above what is shown, the lower first; one
    where both are the same, none where neither is known."""
    following = (account.level or 0) + 1
    reasons: dict[int, str] = {}
    if account.required is not None:
        reasons[account.required] = gettext("disyaratkan jabatan")
    if following <= HIGHEST:
        reasons[following] = (
            gettext("disyaratkan jabatan, dan level berikutnya")
            if following in reasons
            else gettext("level berikutnya")
        )
    rows = {row["level"]: row for row in account.names["levels"]}
    return [
        Meaning(level, reasons[level], described(rows[level]), _observables(rows[level]))
        for level in sorted(reasons)
    ]


def _observables(row: Mapping[str, Any]) -> tuple[str, ...]:
    found = row.get(f"observables_{_language()}") or [row[f"observable_{_language()}"]]
    return tuple(filter(None, found))


def _language() -> str:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "id"
