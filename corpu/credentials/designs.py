"""What a template may say, and what of it a certificate prints.

A design is what a manager fills in; `Printed` is the part of it that one certificate copies, with
the signatories, the qualification and the registration of its day. Decisions on plain values.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from corpu.credentials.kinds import FIRST_WORDS, TITLES, Kind

LAYOUT = 1  # of the file that draws designed documents; a new one gets a new number


class Orientation(StrEnum):
    """How the A4 sheet lies."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Language(StrEnum):
    """What the document speaks; `BOTH` is Indonesian with English under it."""

    INDONESIAN = "id"
    ENGLISH = "en"
    BOTH = "both"


class Signing(StrEnum):
    """Whose names stand at the foot."""

    UNIT = "unit"  # whoever signs for the issuing unit on the day
    OWN = "own"  # those of the template
    NONE = "none"  # nobody: the document says that it is issued electronically


class Registration(StrEnum):
    """What becomes of the code of LAN."""

    NEVER = "never"
    IF_THERE = "if-there"
    REQUIRED = "required"


@dataclass(frozen=True)
class Signer:
    """One signatory: name with titles, NIP as digits or none, post, rank, place of signing."""

    name: str
    nip: str = ""
    post: str = ""
    post_en: str = ""
    rank: str = ""
    place: str = ""  # empty: that of the issuing unit


@dataclass(frozen=True)
class Band:
    """A final score above `above` (0 to 100) bears this qualification, and this rank if any."""

    above: Decimal
    qualification: str
    qualification_en: str = ""
    rank: str = ""


@dataclass(frozen=True)
class Design:
    """A template as it is filled in. Pictures are named by their SHA-256."""

    title: str
    title_en: str
    opening: str
    opening_en: str
    statement: str
    statement_en: str
    orientation: Orientation = Orientation.LANDSCAPE
    language: Language = Language.INDONESIAN
    legal_basis: str = ""
    legal_basis_en: str = ""
    logo: str = ""
    background: str = ""
    signing: Signing = Signing.UNIT
    signatories: tuple[Signer, ...] = ()
    photo: bool = False  # an empty frame of 3 × 4 cm, for a print to be glued into
    curriculum: bool = True
    bands: tuple[Band, ...] = ()
    registration: Registration = Registration.IF_THERE

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold; `from_dict` gives the same design back."""
        plain = asdict(self)
        plain["signatories"] = list(plain["signatories"])
        plain["bands"] = [{**band, "above": str(band["above"])} for band in plain["bands"]]
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Design":
        """Read what `to_dict` wrote, also by an earlier release that knew fewer fields."""
        if unknown := set(plain) - {field.name for field in fields(cls)}:
            raise ValueError(f"not a design: {sorted(unknown)}")
        read = dict(plain)
        for name, kind in (
            ("orientation", Orientation),
            ("language", Language),
            ("signing", Signing),
            ("registration", Registration),
        ):
            if name in read:
                read[name] = kind(read[name])
        read["signatories"] = tuple(Signer(**one) for one in plain.get("signatories", ()))
        read["bands"] = tuple(
            Band(**{**one, "above": Decimal(one["above"])}) for one in plain.get("bands", ())
        )
        return cls(**read)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The pictures that it needs, by SHA-256."""
        return tuple(one for one in (self.logo, self.background) if one)


@dataclass(frozen=True)
class Printed:
    """What a certificate copies of its template: all that is needed to draw it again."""

    template: str  # identifier of the template
    version: int
    layout: int
    orientation: str
    language: str
    title_en: str
    opening: str
    opening_en: str
    statement: str
    statement_en: str
    legal_basis: str
    legal_basis_en: str
    logo: str
    background: str
    photo: bool
    curriculum: bool
    signatories: tuple[Signer, ...]  # none: issued electronically, without signature
    qualification: str
    qualification_en: str
    rank: str
    registration: str  # code of LAN; empty: none is printed

    @property
    def pictures(self) -> tuple[str, ...]:
        """The pictures that drawing it needs, by SHA-256."""
        return tuple(one for one in (self.logo, self.background) if one)

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold; `from_dict` gives the same back."""
        return {**asdict(self), "signatories": [asdict(one) for one in self.signatories]}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Printed":
        """Read what `to_dict` wrote. Unknown or missing fields are an error, never ignored."""
        names = {field.name for field in fields(cls)}
        if set(plain) != names:
            raise ValueError(f"not a printed design: {sorted(set(plain) ^ names)}")
        signers = tuple(Signer(**one) for one in plain["signatories"])
        return cls(**{**plain, "signatories": signers})


def printed(
    design: Design,
    *,
    template: str,
    version: int,
    signatories: Sequence[Signer],
    score: Decimal | None,
    registration: str,
) -> Printed:
    """What one certificate prints of a design: with who signs it, what its final score is called
    (none where there is no score, or no band for it) and the code of LAN."""
    band = band_of(design.bands, score)
    return Printed(
        template=template,
        version=version,
        layout=LAYOUT,
        orientation=design.orientation.value,
        language=design.language.value,
        title_en=design.title_en,
        opening=design.opening,
        opening_en=design.opening_en,
        statement=design.statement,
        statement_en=design.statement_en,
        legal_basis=design.legal_basis,
        legal_basis_en=design.legal_basis_en,
        logo=design.logo,
        background=design.background,
        photo=design.photo,
        curriculum=design.curriculum,
        signatories=tuple(signatories),
        qualification=band.qualification if band else "",
        qualification_en=band.qualification_en if band else "",
        rank=band.rank if band else "",
        registration="" if design.registration is Registration.NEVER else registration,
    )


def final_score(scores: Iterable[Decimal | None]) -> Decimal | None:
    """The mean of the best scores of a course's quizzes, to two decimals; None without any.

    A quiz that was never taken (a diagnostic has proven it) does not count as zero.
    """
    known = [one for one in scores if one is not None]
    if not known:
        return None
    return (sum(known, Decimal()) / len(known)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def band_of(bands: Iterable[Band], score: Decimal | None) -> Band | None:
    """The highest band below which the score does not lie, or None.

    A band begins above its threshold, as the guides of LAN write theirs ("> 90"); the one that
    begins at zero has zero in it.
    """
    if score is None:
        return None
    reached = [one for one in bands if score > one.above or score == one.above == 0]
    return max(reached, key=lambda one: one.above, default=None)


def first_design(kind: Kind) -> Design:
    """What a new template of this kind begins with."""
    title_en, opening, opening_en, statement, statement_en = FIRST_WORDS[kind]
    return Design(
        title=TITLES[kind],
        title_en=title_en,
        opening=opening,
        opening_en=opening_en,
        statement=statement,
        statement_en=statement_en,
    )
