"""What the competency score is computed from: pieces of evidence, and the rule of an agency.

Values that come in from outside are checked here once, so that the scoring itself never meets a
wrong one.
"""

from __future__ import annotations

import calendar
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self, TypeVar

from corpu.errors import N_, DomainError

LOWEST, HIGHEST = 1, 5
MONTHS_AFTER_RELATION = 6
# A weight is a sum of question points. Far beyond that the exact fractions would only grow.
HEAVIEST = Decimal(1_000_000_000)
MOST_DECIMALS = 40

Choice = TypeVar("Choice", bound=StrEnum)


class Refused(DomainError):
    """A value that the score does not accept."""


class Kind(StrEnum):
    """Where a piece of evidence comes from."""

    ASSESSMENT = "assessment"
    EXTERNAL = "external"
    SUPERVISOR = "supervisor"
    ASSESSOR = "assessor"
    SELF = "self"
    PEER = "peer"


MEASURED = frozenset({Kind.ASSESSMENT, Kind.EXTERNAL})
RATINGS = frozenset({Kind.SUPERVISOR, Kind.ASSESSOR})
NEVER_COUNTED = frozenset({Kind.SELF, Kind.PEER})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation of one person in one competency.

    `score` (0 to 100) and `weight` (above 0) belong to assessments and external certificates; a
    rating speaks by its level alone. Refuses what lies outside with `Refused`.
    """

    id: str
    kind: Kind
    level: int
    source: str
    observed_at: datetime
    score: Decimal | None = None
    weight: Decimal = Decimal(1)
    valid_until: datetime | None = None
    revoked: bool = False

    def __post_init__(self) -> None:
        for name in ("id", "source"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise Refused(N_("%(field)s wajib berupa teks yang tidak kosong."), field=name)
        object.__setattr__(self, "kind", _choice(Kind, self.kind, "kind"))
        _check_level(self.level, "level")
        _check_moment(self.observed_at, "observed_at")
        if self.valid_until is not None:
            _check_moment(self.valid_until, "valid_until")
        if not isinstance(self.revoked, bool):
            raise Refused(N_("%(field)s wajib true atau false."), field="revoked")
        weight = _decimal(self.weight, "weight")
        if not 0 < weight <= HEAVIEST:
            raise Refused(N_("Bobot wajib lebih dari 0: %(value)s."), value=weight)
        object.__setattr__(self, "weight", weight)
        if self.score is not None:
            score = _decimal(self.score, "score")
            if not 0 <= score <= 100:
                raise Refused(N_("Nilai wajib antara 0 dan 100: %(value)s."), value=score)
            object.__setattr__(self, "score", score)
        elif self.kind in MEASURED:
            raise Refused(N_("Bukti jenis %(kind)s wajib memiliki nilai."), kind=self.kind.value)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Read a piece as it stands in JSON (numbers read with `parse_float=Decimal`)."""
        names = tuple(cls.__dataclass_fields__)
        values = dict(_known(data, names))
        for name in ("id", "kind", "level", "source", "observed_at"):
            if name not in values:
                raise Refused(N_("%(field)s wajib diisi."), field=name)
        for name in ("observed_at", "valid_until"):
            if values.get(name) is not None:
                values[name] = read_moment(values[name], name)
        return cls(**values)


class Retake(StrEnum):
    """Which attempt of one source stands."""

    BEST = "best"
    LATEST = "latest"


class Cumulative(StrEnum):
    """Whether a demonstrated level implies the lower ones, or each must be shown."""

    IMPLIED = "implied"
    STEPWISE = "stepwise"


DEFAULT_CAPS: Mapping[Kind, int] = MappingProxyType({Kind.ASSESSMENT: 3, Kind.EXTERNAL: 3})


@dataclass(frozen=True, slots=True)
class Rule:
    """How an agency reads evidence. Keys left out take their defaults.

    `caps` is the highest level that a kind can demonstrate on its own: a test of knowledge does
    not prove mastery at work.
    """

    mastery: Decimal = Decimal(75)
    retake: Retake = Retake.BEST
    cumulative: Cumulative = Cumulative.IMPLIED
    caps: Mapping[Kind, int] = field(default_factory=lambda: DEFAULT_CAPS, hash=False)
    rating_months: int = 24

    def __post_init__(self) -> None:
        mastery = _decimal(self.mastery, "mastery")
        if not 1 <= mastery <= 100:
            raise Refused(N_("Batas penguasaan wajib antara 1 dan 100: %(value)s."), value=mastery)
        object.__setattr__(self, "mastery", mastery)
        object.__setattr__(self, "retake", _choice(Retake, self.retake, "retake"))
        object.__setattr__(self, "cumulative", _choice(Cumulative, self.cumulative, "cumulative"))
        caps = dict(DEFAULT_CAPS)
        for name, cap in _known(self.caps, tuple(DEFAULT_CAPS)).items():
            _check_level(cap, f"caps.{name}")
            caps[Kind(name)] = cap
        object.__setattr__(self, "caps", MappingProxyType(caps))
        months = self.rating_months
        if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= 120:
            raise Refused(N_("Masa berlaku penilaian wajib 1 sampai 120 bulan: %(v)s."), v=months)

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Read a rule as stored. Unknown keys are refused, in `caps` too."""
        return cls(**_known(data, tuple(cls.__dataclass_fields__)))

    def to_dict(self) -> dict[str, Any]:
        """The whole rule, safe for JSON; `from_dict` reads it back equal."""
        whole = self.mastery == self.mastery.to_integral_value()
        return {
            "mastery": int(self.mastery) if whole else str(self.mastery),
            "retake": self.retake.value,
            "cumulative": self.cumulative.value,
            "caps": {kind.value: cap for kind, cap in sorted(self.caps.items())},
            "rating_months": self.rating_months,
        }


def rating_valid_until(
    observed_at: datetime, rule: Rule, relation_ended_at: datetime | None = None
) -> datetime:
    """Until when a supervisor's rating speaks.

    `rating_months` after it was given, and never longer than six months after the relation
    ended: an old supervisor must not outvote the present one for ever.
    """
    until = add_months(observed_at, rule.rating_months)
    if relation_ended_at is None:
        return until
    return min(until, add_months(relation_ended_at, MONTHS_AFTER_RELATION))


def add_months(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month where it is shorter."""
    _check_moment(moment, "moment")
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def read_moment(value: object, name: str = "at") -> datetime:
    """Read an ISO moment with its offset."""
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            moment = datetime.fromisoformat(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise Refused(
                N_("%(field)s bukan waktu ISO 8601, misalnya 2026-12-01T00:00:00Z."), field=name
            ) from None
    _check_moment(moment, name)
    return moment


def _check_moment(value: object, name: str) -> None:
    if not isinstance(value, datetime) or not isinstance(value.utcoffset(), timedelta):
        raise Refused(N_("%(field)s wajib berupa waktu dengan zona."), field=name)


def _check_level(value: object, name: str) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not LOWEST <= value <= HIGHEST:  # type: ignore[operator]
        raise Refused(
            N_("%(field)s wajib bilangan bulat 1 sampai 5: %(value)s."), field=name, value=value
        )


def _decimal(value: object, name: str) -> Decimal:
    """An exact, finite number. A float has already lost what it stood for, so it is refused."""
    if isinstance(value, (bool, float)) or not isinstance(value, (Decimal, int, str)):
        raise Refused(N_("%(field)s wajib bilangan desimal yang tepat."), field=name)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise Refused(N_("%(field)s bukan bilangan: %(value)s."), field=name, value=value) from None
    if not number.is_finite() or abs(number.as_tuple().exponent) > MOST_DECIMALS:  # type: ignore[arg-type]
        raise Refused(N_("%(field)s bukan bilangan: %(value)s."), field=name, value=value)
    return number


def _choice(kind: type[Choice], value: object, name: str) -> Choice:
    try:
        return kind(value)  # type: ignore[arg-type]
    except ValueError:
        raise Refused(
            N_("%(field)s tidak mengenal “%(value)s”; pilihannya: %(choices)s."),
            field=name,
            value=value,
            choices=", ".join(kind),
        ) from None


def _known(data: object, names: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise Refused(N_("Data wajib berupa pasangan kunci dan nilai."))
    for key in data:
        if key not in names:
            near = difflib.get_close_matches(str(key), [str(name) for name in names], 1)
            if near:
                raise Refused(
                    N_("Kunci “%(key)s” tidak dikenal; mungkin “%(near)s”."), key=key, near=near[0]
                )
            raise Refused(N_("Kunci “%(key)s” tidak dikenal."), key=key)
    return data
