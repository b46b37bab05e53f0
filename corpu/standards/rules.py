"""Which dictionary and which requirement hold on a day, on plain values.

Kinds follow PermenPANRB 38/2017: managerial, socio-cultural and technical. The nine of the
regulation are shipped; an agency adds its own, and says what its posts require.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

LOWEST, HIGHEST = 1, 5
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
LONGEST_CODE = 12
DAYS_KEPT = 64


class Kind(StrEnum):
    MANAGERIAL = "managerial"
    SOCIOCULTURAL = "sociocultural"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True)
class LevelText:
    """What one level means, and what somebody at it can be seen doing."""

    description_id: str = ""
    description_en: str = ""
    observables_id: tuple[str, ...] = ()
    observables_en: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LevelText:
        """As `to_dict` has written it."""
        return cls(
            data["description_id"],
            data["description_en"],
            tuple(data["observables_id"]),
            tuple(data["observables_en"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Safe for JSON."""
        return {
            "description_id": self.description_id,
            "description_en": self.description_en,
            "observables_id": list(self.observables_id),
            "observables_en": list(self.observables_en),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One competency as a version of a dictionary describes it; five levels from 1 on."""

    code: str
    name_id: str
    name_en: str = ""
    definition_id: str = ""
    definition_en: str = ""
    levels: tuple[LevelText, ...] = (LevelText(),) * HIGHEST


@dataclass(frozen=True)
class Version:
    """A published version: it holds from a day on, until the next one of its framework."""

    framework_id: UUID
    framework_code: str
    framework_name: str
    agency_id: UUID
    kind: Kind
    number: int
    starts_on: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Standard:
    """What posts require from a day on; `levels` None: the wider standard holds again. `id` None:
    a draft, as if it held."""

    agency_id: UUID
    post_type: str
    title_key: str
    unit_id: UUID | None
    starts_on: date
    levels: Mapping[str, int] | None
    id: UUID | None = None
    title: str = ""
    legal_basis: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A required level and what says so: the standard, the posting itself (`is_own`), or else
    the shipped level of the type. 0: the requirement is taken away."""

    level: int
    standard: Standard | None = None
    is_own: bool = False


Row = Mapping[str, Any]
Scope = tuple[UUID, str, str, UUID | None]


@dataclass(frozen=True)
class Book:
    """All published versions and standing standards. `shipped` holds the rows of the nine."""

    shipped: Mapping[str, Row]
    versions: tuple[Version, ...] = ()
    standards: tuple[Standard, ...] = ()
    _rows: dict[date, dict[str, Row]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _by_scope(self) -> dict[Scope, list[Standard]]:
        """Each scope's standards, the latest first."""
        found: dict[Scope, list[Standard]] = {}
        for one in sorted(self.standards, key=lambda one: one.starts_on, reverse=True):
            scope = (one.agency_id, one.post_type, one.title_key, one.unit_id)
            found.setdefault(scope, []).append(one)
        return found

    def in_force(self, day: date) -> list[Version]:
        """The version of each framework that holds on a day."""
        latest: dict[UUID, Version] = {}
        for version in self.versions:
            if version.starts_on > day:
                continue
            known = latest.get(version.framework_id)
            if known is None or known.starts_on < version.starts_on:
                latest[version.framework_id] = version
        return sorted(latest.values(), key=lambda one: one.framework_code)

    def rows(self, day: date) -> dict[str, Row]:
        """Every competency in force on a day by code, as rows of the vocabulary: the nine in
        the order of the regulation, then the agencies' in the order of their dictionaries."""
        if not self.versions:
            return dict(self.shipped)
        known = self._rows.get(day)
        if known is None:
            known = dict(self.shipped)
            for version in self.in_force(day):
                known |= {entry.code: row_of(entry, version) for entry in version.entries}
            if len(self._rows) >= DAYS_KEPT:
                self._rows.clear()
            self._rows[day] = known
        return known

    @cached_property
    def _latest(self) -> dict[str, Row]:
        """Every code that was ever published, as it is described last."""
        found: dict[str, Row] = {}
        for version in sorted(self.versions, key=lambda one: one.starts_on):
            found |= {entry.code: row_of(entry, version) for entry in version.entries}
        return found

    def ever(self, day: date) -> Mapping[str, Row]:
        """Those in force on a day, and after them what is not, as it is described last: for
        the names of what was recorded under it."""
        return self.rows(day) if not self.versions else self.rows(day) | self._not_in_force(day)

    def _not_in_force(self, day: date) -> dict[str, Row]:
        return {code: row for code, row in self._latest.items() if code not in self.rows(day)}

    def to_come(self, day: date) -> set[str]:
        """The codes of the agencies that are in force on a day or will be."""
        later = [version for version in self.versions if version.starts_on > day]
        return {e.code for one in [*self.in_force(day), *later] for e in one.entries}

    def row(self, code: str, day: date) -> Row | None:
        """A competency by its code: as in force on the day, else as it is described last;
        None for a code that no published dictionary has had."""
        return self.rows(day).get(code) or self._latest.get(code)

    def required(
        self,
        agency_id: UUID,
        post_type: str,
        title: str,
        unit_id: UUID | None,
        day: date,
        default: int,
    ) -> dict[str, int]:
        """Level by competency on a day: `default` for the nine, over it what the agency asks of
        the type, of the title, and of the title in the unit, the narrower last. A level of 0
        takes a requirement away; a competency that is not in force is not required."""
        asked = dict.fromkeys(self.shipped, default) if default else {}
        if not self.standards or not post_type:
            return asked
        for one in self.holding(agency_id, post_type, title, unit_id, day):
            asked |= one.levels or {}
        rows = self.rows(day)
        return {code: asked[code] for code in rows if asked.get(code)}

    def given(
        self,
        agency_id: UUID,
        post_type: str,
        title: str,
        unit_id: UUID | None,
        day: date,
        default: int,
        own: Mapping[str, int] | None = None,
    ) -> dict[str, Given]:
        """What says each of the levels of `required`, and over them those that a posting has of
        its `own`; what was taken away stands with a level of 0."""
        asked = {code: Given(default) for code in self.shipped} if default else {}
        if post_type:
            for one in self.holding(agency_id, post_type, title, unit_id, day):
                asked |= {code: Given(level, one) for code, level in (one.levels or {}).items()}
        asked |= {code: Given(int(level), is_own=True) for code, level in (own or {}).items()}
        return {code: asked[code] for code in self.rows(day) if code in asked}

    def holding(
        self, agency_id: UUID, post_type: str, title: str, unit_id: UUID | None, day: date
    ) -> Iterator[Standard]:
        """What is said of such posts on a day, the narrower last."""
        for scope in scopes_of(agency_id, post_type, title_key(title), unit_id):
            for one in self._by_scope.get(scope, ()):
                if one.starts_on <= day:
                    yield one
                    break

    def coming(
        self, agency_id: UUID, post_type: str, title: str, unit_id: UUID | None, day: date
    ) -> list[Standard]:
        """What will be said of such posts after a day, the nearest first."""
        found = [
            one
            for scope in scopes_of(agency_id, post_type, title_key(title), unit_id)
            for one in self._by_scope.get(scope, ())
            if one.starts_on > day
        ]
        return sorted(found, key=lambda one: one.starts_on)

    def as_if(self, more: Iterable[Standard] = (), *, without: UUID | None = None) -> Book:
        """The book if these held too, or if one of its standards were taken back."""
        kept = [one for one in self.standards if without is None or one.id != without]
        return self.only([*kept, *more])

    def only(self, standards: Iterable[Standard]) -> Book:
        """The same dictionaries with these standards and no other."""
        return Book(self.shipped, self.versions, tuple(standards), self._rows)

    def version_with(self, code: str, day: date) -> Version | None:
        """The version of a dictionary that a competency comes from on a day; None for the nine."""
        return next(
            (one for one in self.in_force(day) if any(e.code == code for e in one.entries)), None
        )


def scopes_of(agency_id: UUID, post_type: str, key: str, unit_id: UUID | None) -> list[Scope]:
    """Whose standards concern a post: those of the type, of the title, of the title in the unit."""
    scopes: list[Scope] = [(agency_id, post_type, "", None)]
    if key:
        scopes.append((agency_id, post_type, key, None))
        if unit_id is not None:
            scopes.append((agency_id, post_type, key, unit_id))
    return scopes


def row_of(entry: Entry, version: Version) -> Row:
    """An entry in the shape of the shipped rows, so that pages need not ask whose it is."""
    return {
        "code": entry.code,
        "name_id": entry.name_id,
        "name_en": entry.name_en,
        "type": version.kind.value,
        "framework": version.framework_name,
        "agency_id": version.agency_id,
        "definition_id": entry.definition_id,
        "definition_en": entry.definition_en or entry.definition_id,
        "levels": [
            {
                "level": number,
                "description_id": text.description_id,
                "description_en": text.description_en or text.description_id,
                "observable_id": " ".join(text.observables_id),
                "observable_en": " ".join(text.observables_en or text.observables_id),
                "observables_id": list(text.observables_id),
                "observables_en": list(text.observables_en or text.observables_id),
            }
            for number, text in enumerate(entry.levels, LOWEST)
        ],
    }


def title_key(title: str) -> str:
    """The form in which two titles of posts are compared: without case and spare blanks."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in one competency between two versions; None on a side: it is not there.
    `fields` names what differs: `name_id`, …, `level 3`."""

    code: str
    before: Entry | None
    after: Entry | None
    fields: tuple[str, ...] = ()


def differences(before: Sequence[Entry], after: Sequence[Entry]) -> list[Change]:
    """From one version to another: removed, changed and new competencies, in the order of the
    later one, what was removed first. Equal ones are left out."""
    old, new = {one.code: one for one in before}, {one.code: one for one in after}
    found = [Change(code, entry, None) for code, entry in old.items() if code not in new]
    for code, entry in new.items():
        if code not in old:
            found.append(Change(code, None, entry))
        elif fields := tuple(_fields(old[code], entry)):
            found.append(Change(code, old[code], entry, fields))
    return found


def _fields(before: Entry, after: Entry) -> Iterable[str]:
    for name in ("name_id", "name_en", "definition_id", "definition_en"):
        if getattr(before, name) != getattr(after, name):
            yield name
    for number in range(LOWEST, HIGHEST + 1):
        if before.levels[number - 1] != after.levels[number - 1]:
            yield f"level {number}"
