"""The signed payload that a certificate's QR holds after `#`; `docs/qr.md` says it for others.

The QR is `<address>#<payload>`, at most 260 bytes, where the address is the one under which the
certificate is checked online. A browser sends nothing after `#`, so the payload reaches no log.
It is base64url of one byte of version, six of the key's name, 64 of the Ed25519 signature and the
body: what the paper says, packed into bits. The signature covers the address too, so that a true
payload behind somebody else's address does not pass.

A certificate that ends has version 2: one day more in its body, and a signature of its own kind,
so that neither version can be taken for the other. All others stay version 1.
"""

import base64
import binascii
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from corpu.credentials.qrtext import (
    Bits,
    Reader,
    cut_points,
    end_bits,
    prefix_bits,
    read_text,
    write_text,
)
from corpu.credentials.snapshot import Snapshot

MOST_BYTES = 260  # of the whole QR text
VERSION, ENDING = 1, 2  # the second of what ends
KID_BYTES, SIGNATURE_BYTES = 6, 64
HEAD = 1 + KID_BYTES + SIGNATURE_BYTES
# So that a signature made for this can never stand for anything else; with the version in it.
CONTEXT = b"CorpU QR %d\n"
EPOCH = date(2000, 1, 1)
# The kinds of document, by the title printed; another title is told as 7, a document.
TITLES = (
    "Sertifikat",
    "Surat Tanda Tamat Pelatihan",
    "Surat Keterangan",
    "Piagam",
)
OTHER_TITLE = 7
FIXED_BITS = 1 + 3 + 1 + 10 + 17 + 14 + 3 * 16  # of the body, before its texts
DAY_BITS = 16
TEXTS = ("number", "name", "course_title", "issuer")
# What gives way when all does not fit: each in turn down to so many letters, then on.
GIVE_WAY = (
    ("course_title", 40),
    ("issuer", 30),
    ("name", 60),
    ("course_title", 20),
    ("issuer", 15),
    ("number", 60),
    ("name", 30),
    ("course_title", 8),
    ("issuer", 8),
    ("number", 20),
    ("name", 8),
    *((name, 0) for name in ("course_title", "issuer", "number", "name")),
)


class Unreadable(ValueError):
    """This is no payload of ours, or one that was damaged. `why` is one of the words below."""

    NOT_OURS = "not_ours"  # no address with a payload behind it
    NEWER = "newer"  # a version that this program does not know
    DAMAGED = "damaged"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DoesNotFit(ValueError):
    """No payload can be made: the address leaves no room, or a value has no place in it."""


@dataclass(frozen=True)
class Content:
    """What the payload says. `serial` is the last three digits of an 18-digit NIP, else empty;
    `cut` names the texts of which only the beginning is there."""

    title: str  # empty: a kind of document that has no number of its own in version 1
    number: str
    name: str
    serial: str
    course_title: str
    jp: Decimal
    started_on: date
    completed_on: date
    issued_on: date
    issuer: str
    edition: int
    demo: bool = False
    valid_until: date | None = None  # the last day; only in version 2
    cut: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Sealed:
    """A payload as read: the content and what is needed to check who says it."""

    address: str
    kid: str
    signature: bytes
    body: bytes
    content: Content

    @property
    def message(self) -> bytes:
        """The bytes that were signed."""
        return message(self.address, self.body, version_of(self.content))

    @property
    def code(self) -> str:
        """The verification code as the address writes it."""
        return self.address.rpartition("/")[2]


def content_of(snapshot: Snapshot) -> Content:
    """What of a certificate goes into its QR: no full NIP, no unit, no post."""
    nip = snapshot.nip
    return Content(
        title=snapshot.title if snapshot.title in TITLES else "",
        number=snapshot.number,
        name=snapshot.name,
        serial=nip[15:] if len(nip) == 18 and nip.isascii() and nip.isdigit() else "",
        course_title=snapshot.course_title,
        jp=snapshot.jp,
        started_on=snapshot.started_on,
        completed_on=snapshot.completed_on,
        issued_on=snapshot.issued_on,
        issuer=snapshot.issuer,
        edition=snapshot.edition,
        demo=snapshot.demo,
        valid_until=snapshot.valid_until,
    )


def version_of(content: Content) -> int:
    """The version of the payload that says this."""
    return ENDING if content.valid_until else VERSION


def message(address: str, body: bytes, version: int = VERSION) -> bytes:
    """The bytes to sign: a word that says for what, the address, a line's end, the body."""
    return CONTEXT % version + address.encode() + b"\n" + body


def seal(address: str, content: Content, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR: the address, `#`, and the payload signed by `sign` with key `kid`.

    What is too long is cut (`fitted`). Raises DoesNotFit.
    """
    body, version = pack(fitted(content, room_for(address))), version_of(content)
    return sealed_text(address, body, kid, sign(message(address, body, version)), version)


def sealed_text(
    address: str, body: bytes, kid: str, signature: bytes, version: int = VERSION
) -> str:
    """Put the parts of a QR text together."""
    key = base64.urlsafe_b64decode(kid)
    if len(key) != KID_BYTES or len(signature) != SIGNATURE_BYTES:
        raise ValueError("a key's name has 8 letters and a signature 64 bytes")
    packed = base64.urlsafe_b64encode(bytes([version]) + key + signature + body)
    return f"{address}#{packed.rstrip(b'=').decode()}"


def read(text: str) -> Sealed:
    """Read a QR text; blanks that a mail or a chat put in are passed over. Raises Unreadable.

    Nothing is verified here but the form: every bit has one meaning and none is left over.
    """
    if len(text) > 4 * MOST_BYTES:
        raise Unreadable(Unreadable.NOT_OURS)
    address, mark, packed = "".join(text.split()).partition("#")
    if not mark or "://" not in address or not packed:
        raise Unreadable(Unreadable.NOT_OURS)
    if not packed.isascii():
        raise Unreadable(Unreadable.DAMAGED)
    try:
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(Unreadable.DAMAGED) from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != packed:
        raise Unreadable(Unreadable.DAMAGED)  # bits beyond the last byte
    if data[0] not in (VERSION, ENDING):
        raise Unreadable(Unreadable.NEWER)
    if len(data) <= HEAD:
        raise Unreadable(Unreadable.DAMAGED)
    body = data[HEAD:]
    return Sealed(
        address=address,
        kid=base64.urlsafe_b64encode(data[1 : 1 + KID_BYTES]).decode(),
        signature=data[1 + KID_BYTES : HEAD],
        body=body,
        content=unpack(body, data[0]),
    )


# ------------------------------------------------------------------------------- the body


def pack(content: Content) -> bytes:
    """The content as bits, filled up with zeros to whole bytes. Raises DoesNotFit."""
    bits = Bits()
    bits.add(int(content.demo), 1)
    bits.add(TITLES.index(content.title) if content.title else OTHER_TITLE, 3)
    bits.add(1 if content.serial else 0, 1)
    bits.add(int(content.serial or 0), 10)
    cents = content.jp * 100
    _room(cents == cents.to_integral_value())
    for value, width in (
        (int(cents), 17),
        (content.edition, 14),
        ((content.issued_on - EPOCH).days, 16),
        ((content.completed_on - EPOCH).days, 16),
        ((content.started_on - EPOCH).days, 16),
        *([((content.valid_until - EPOCH).days, DAY_BITS)] if content.valid_until else []),
    ):
        _room(0 <= value < 1 << width)
        bits.add(value, width)
    for name in TEXTS:
        write_text(bits, _nfc(getattr(content, name)), cut=name in content.cut)
    return bits.to_bytes()


def unpack(body: bytes, version: int = VERSION) -> Content:
    """What `pack` wrote. Raises Unreadable for anything else."""
    reader = Reader(body)
    try:
        demo, kind = bool(reader.take(1)), reader.take(3)
        has_serial, serial = reader.take(1), reader.take(10)
        cents, edition = reader.take(17), reader.take(14)
        days = [EPOCH + timedelta(reader.take(DAY_BITS)) for _ in range(3)]
        end = EPOCH + timedelta(reader.take(DAY_BITS)) if version == ENDING else None
        texts = {name: read_text(reader) for name in TEXTS}
        reader.end()
    except ValueError:
        raise Unreadable(Unreadable.DAMAGED) from None
    if serial > 999 or (serial and not has_serial) or len(TITLES) <= kind != OTHER_TITLE:
        raise Unreadable(Unreadable.DAMAGED)
    issued_on, completed_on, started_on = days
    return Content(
        title=TITLES[kind] if kind != OTHER_TITLE else "",
        serial=f"{serial:03}" if has_serial else "",
        jp=Decimal(cents) / 100,
        started_on=started_on,
        completed_on=completed_on,
        issued_on=issued_on,
        edition=edition,
        demo=demo,
        valid_until=end,
        cut=frozenset(name for name, (_, cut) in texts.items() if cut),
        **{name: text for name, (text, _) in texts.items()},
    )


def room_for(address: str) -> int:
    """How many bytes of body fit behind this address."""
    letters = MOST_BYTES - len(address.encode()) - len("#")
    return letters * 6 // 8 - HEAD


def fitted(content: Content, room: int) -> Content:
    """The content whose body has at most `room` bytes: whole, or with texts cut and marked so.

    The course's title gives way first, then the issuer, the name and the number, as GIVE_WAY
    says; never within a letter and its marks, and never leaving a blank at the end. Raises
    DoesNotFit.
    """
    texts = {name: _nfc(getattr(content, name)) for name in TEXTS}
    costs = {name: prefix_bits(text) for name, text in texts.items()}
    ends = {name: len(text) for name, text in texts.items()}

    def over() -> int:
        """How many bits are too many."""
        marks = (end_bits(cut=end < len(texts[name])) for name, end in ends.items())
        bits = sum(costs[name][end] for name, end in ends.items()) + sum(marks)
        return FIXED_BITS + (DAY_BITS if content.valid_until else 0) + bits - 8 * room

    for name, least in GIVE_WAY:
        points = [point.end for point in cut_points(texts[name]) if point.letters >= least]
        while over() > 0 and (shorter := [end for end in points if end < ends[name]]):
            ends[name] = shorter[-1]
    _room(over() <= 0)
    cut = frozenset(name for name in TEXTS if ends[name] < len(texts[name]))
    kept: dict[str, Any] = {name: texts[name][: ends[name]] for name in TEXTS}
    return replace(content, cut=cut, **kept)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _room(fits: bool) -> None:
    if not fits:
        raise DoesNotFit


def agrees(short: Content, whole: Content) -> bool:
    """Whether a payload says what the record says, as far as it was not cut."""
    for name in TEXTS:
        said, meant = getattr(short, name), _nfc(getattr(whole, name))
        if not (meant.startswith(said) if name in short.cut else meant == said):
            return False
    rest: dict[str, Any] = dict.fromkeys(TEXTS, "")
    return replace(short, cut=frozenset(), **rest) == replace(whole, cut=frozenset(), **rest)
