"""The frozen content of a certificate: all that is printed on it, and nothing else.

A certificate is a promise to third parties. What it says is taken once, at issue, and never
read again from the person, the course or the unit: a later change of name, post or course
leaves the document as it is, byte for byte.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from corpu.credentials.designs import Printed
from corpu.credentials.letters import unprintable
from corpu.credentials.rules import CODE_LENGTH, format_code, full_name, jp_words, share_jp
from corpu.signing.canonical import canonical

OPTIONAL = frozenset({"valid_until", "replaces", "renews", "design", "competencies"})


@dataclass(frozen=True)
class CurriculumRow:
    """A module as printed on the second page: its title, its minutes, its share of the JP."""

    title: str
    minutes: int
    jp: Decimal


@dataclass(frozen=True)
class GoalTile:
    """An SDG as printed: official colour, and the text colour that passes on it."""

    number: int
    title: str
    colour: str
    text_colour: str


@dataclass(frozen=True)
class CompetencyMark:
    """A competency that the course builds, as it was called on the day of issue, and the level."""

    code: str
    title: str
    level: int


@dataclass(frozen=True)
class Signatory:
    """Who signs: name with titles, NIP, post and rank of the day of issue."""

    name: str
    nip: str
    post: str
    rank: str


@dataclass(frozen=True)
class Snapshot:
    """Everything printed on one certificate, in Indonesian, on the day of issue.

    `started_on` and `completed_on` are dates of the person's own time zone, named by `zone`
    (WIB, WITA or WIT). `code` is bare, `nip` is digits only, `jp` is in units of 45 minutes.
    `demo` marks a document of the demonstration: it says CONTOH across both pages. `valid_until`
    is the last day on which it holds, `replaces` the number of the one that it corrects, `renews`
    that of one that ends, `design` what a template of the agency adds; `competencies` are
    printed nowhere yet, the digital credential says them. What does not apply is left out of the
    content, as it was before certificates could say so: their fingerprints are signed and stay
    what they are.
    """

    kind: str
    number: str
    code: str
    title: str
    name: str
    nip: str
    post: str
    unit: str
    agency: str
    issuer: str
    course_title: str
    course_slug: str
    edition: int
    jp: Decimal
    jp_words: str
    started_on: date
    completed_on: date
    issued_on: date
    place: str
    signatory: Signatory
    curriculum: tuple[CurriculumRow, ...]
    goals: tuple[GoalTile, ...]
    verify_url: str
    zone: str
    demo: bool = False
    valid_until: date | None = None
    replaces: str = ""
    renews: str = ""
    design: Printed | None = None
    competencies: tuple[CompetencyMark, ...] = ()

    @property
    def verify_address(self) -> str:
        """The page on which a code is typed, as one would type it: no scheme, no code."""
        address = self.verify_url.partition("://")[2] or self.verify_url
        for code in (format_code(self.code), self.code):
            address = address.removesuffix(code)
        return address.rstrip("/") if "?" not in address else address.partition("?")[0]

    def to_dict(self) -> dict:
        """Plain values that JSON can hold; `from_dict` gives the same snapshot back."""
        plain = asdict(self)
        plain["jp"] = str(self.jp)
        for day in ("started_on", "completed_on", "issued_on"):
            plain[day] = plain[day].isoformat()
        plain["curriculum"] = [{**row, "jp": str(row["jp"])} for row in plain["curriculum"]]
        plain["goals"] = list(plain["goals"])
        plain["valid_until"] = self.valid_until.isoformat() if self.valid_until else None
        plain["design"] = self.design.to_dict() if self.design else None
        plain["competencies"] = list(plain["competencies"])
        for name in OPTIONAL:
            if not plain[name]:
                del plain[name]
        return plain

    @classmethod
    def from_dict(cls, plain: dict) -> "Snapshot":
        """Read what `to_dict` wrote. Unknown or missing fields are an error, never ignored."""
        names = {field.name for field in fields(cls)}
        wrong = set(plain) ^ names
        if wrong - OPTIONAL or wrong & set(plain):
            raise ValueError(f"not a snapshot: {sorted(wrong)}")
        ends: str | None = plain.get("valid_until")
        design = plain.get("design")
        return cls(
            **{
                **plain,
                "jp": Decimal(plain["jp"]),
                "started_on": date.fromisoformat(plain["started_on"]),
                "completed_on": date.fromisoformat(plain["completed_on"]),
                "issued_on": date.fromisoformat(plain["issued_on"]),
                "signatory": Signatory(**plain["signatory"]),
                "curriculum": tuple(
                    CurriculumRow(**{**row, "jp": Decimal(row["jp"])})
                    for row in plain["curriculum"]
                ),
                "goals": tuple(GoalTile(**goal) for goal in plain["goals"]),
                "valid_until": date.fromisoformat(ends) if ends else None,
                "design": Printed.from_dict(design) if design else None,
                "competencies": tuple(
                    CompetencyMark(**one) for one in plain.get("competencies", ())
                ),
            }
        )

    def canonical(self) -> bytes:
        """One spelling of the content as JSON: JCS, RFC 8785. It is what is signed."""
        return canonical(self.to_dict())

    def sha256(self) -> str:
        """Fingerprint of the content, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


class UnprintableText(ValueError):
    """A text holds letters that none of our fonts has. `letters` are those, `text` is the text."""

    def __init__(self, text: str, letters: list[str]) -> None:
        self.text, self.letters = text, letters
        super().__init__(f"cannot print {' '.join(letters)} in {text!r}")


def snapshot(
    *,
    kind: str,
    number: str,
    code: str,
    title: str,
    prefix: str | None,
    name: str,
    suffix: str | None,
    nip: str,
    post: str,
    unit: str,
    agency: str,
    issuer: str,
    course_title: str,
    course_slug: str,
    edition: int,
    jp: Decimal,
    started_on: date,
    completed_on: date,
    issued_on: date,
    place: str,
    signatory: Signatory,
    modules: Sequence[tuple[str, int]],
    goals: Iterable[GoalTile],
    verify_url: str,
    zone: str,
    demo: bool = False,
    valid_until: date | None = None,
    renews: str = "",
    design: Printed | None = None,
    competencies: Iterable[CompetencyMark] = (),
) -> Snapshot:
    """Compose a snapshot from the facts of the day of issue.

    `modules` are titles with minutes in the order of the course; the course's JP are divided
    among them (`share_jp`). All text is brought to NFC and single blanks. Only a `design` may
    leave the signatory empty: one that is issued without a signature. Raises ValueError
    when a fact that every certificate must carry is empty, UnprintableText for letters that
    could not be drawn later.
    """
    if len(code) != CODE_LENGTH:
        raise ValueError("the code of a snapshot is bare: 16 characters")
    text = {
        "kind": kind,
        "number": number,
        "title": title,
        "name": full_name(prefix, name, suffix),
        "agency": agency,
        "issuer": issuer,
        "course_title": course_title,
        "course_slug": course_slug,
        "place": place,
        "verify_url": verify_url,
        "zone": zone,
    }
    text = {field: _clean(value) for field, value in text.items()}
    empty = [field for field, value in text.items() if not value]
    signs = Signatory(**{field: _clean(value) for field, value in asdict(signatory).items()})
    if design is None or design.signatories:
        empty += [f"signatory.{field}" for field in ("name", "post") if not getattr(signs, field)]
    empty += [] if _clean(name) else ["name"]
    if empty:
        raise ValueError(f"empty on a certificate: {', '.join(empty)}")
    shares = share_jp(jp, [minutes for _, minutes in modules])
    taken = Snapshot(
        **text,
        code=code,
        nip=_clean(nip),
        post=_clean(post),
        unit=_clean(unit),
        edition=edition,
        jp=jp,
        jp_words=jp_words(jp),
        started_on=started_on,
        completed_on=completed_on,
        issued_on=issued_on,
        signatory=signs,
        curriculum=tuple(
            CurriculumRow(_clean(module), minutes, share)
            for (module, minutes), share in zip(modules, shares, strict=True)
        ),
        goals=tuple(goals),
        demo=demo,
        valid_until=valid_until,
        renews=renews,
        design=None if design is None else _clean_design(design),
        competencies=tuple(competencies),
    )
    _check_letters(taken)
    return taken


def corrected(
    old: Snapshot,
    changes: Mapping[str, str | date],
    *,
    number: str,
    code: str,
    verify_url: str,
    issuer: str,
    place: str,
    signatory: Signatory,
    issued_on: date,
    design: Printed | None = None,
) -> Snapshot:
    """The content of a certificate that corrects another: what is changed and who issues it now.
    JP, curriculum, edition and end stay those of the learning that both are about. Raises
    UnprintableText."""
    changed: dict[str, Any] = {
        name: _clean(one) if isinstance(one, str) else one for name, one in changes.items()
    }
    taken = replace(
        old,
        **changed,
        number=number,
        code=code,
        verify_url=verify_url,
        issuer=_clean(issuer),
        place=_clean(place),
        signatory=Signatory(**{name: _clean(one) for name, one in asdict(signatory).items()}),
        issued_on=issued_on,
        replaces=old.number,
        design=None if design is None else _clean_design(design),
    )
    _check_letters(taken)
    return taken


def _check_letters(taken: Snapshot) -> None:
    for printed in _texts(taken.to_dict()):
        if letters := unprintable(printed):
            raise UnprintableText(printed, letters)


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _clean_design(design: Printed) -> Printed:
    words = {
        field.name: _clean(value)
        for field in fields(design)
        if isinstance(value := getattr(design, field.name), str)
    }
    signers = tuple(
        replace(one, **{field: _clean(value) for field, value in asdict(one).items()})
        for one in design.signatories
    )
    changed: dict[str, Any] = {**words, "signatories": signers}
    return replace(design, **changed)


def _clean(text: str | None) -> str:
    """NFC, single blanks, and nothing that cannot be printed (controls, direction overrides)."""
    if text and text.isascii() and text.isprintable():  # as most texts are
        return " ".join(text.split())
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text or "")
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn")
        if letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    return " ".join(kept.split())
