"""Two ways in which a credential is signed with an Ed25519 key, as bytes and back.

A proof inside the document: Data Integrity, cryptosuite `eddsa-rdfc-2022`. The document as the
payload of a JSON Web Token: `EdDSA` (RFC 8037) with the claims that Open Badges 3.0 asks for.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from corpu.credentials.badges.linked import NotReadable, canonical_hash
from corpu.signing.rules import base64url

SUITE = "eddsa-rdfc-2022"
DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58btc
ED25519 = b"\xed\x01"  # what a multibase key begins with
LONGEST_SIGNATURE = 100  # letters
MADE = ("iss", "jti", "nbf", "iat", "sub")  # claims beside the credential's own names

# What strangers' JSON raises where it is not as expected.
MALFORMED = (
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
    ArithmeticError,
    RecursionError,
    OSError,
)

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Secured:
    """A signed credential as it was read: nothing in it is believed yet.

    `document` is without its proof; `signed` are the bytes that were signed, `at` the moment
    that the signer claims.
    """

    document: dict[str, Any]
    did: str
    kid: str
    signed: bytes
    signature: bytes
    at: datetime


def whole(value: Mapping[str, Any]) -> bytes:
    """The one spelling of a document (RFC 8785)."""
    return rfc8785.dumps(dict(value))


def instant(at: datetime) -> str:
    """A moment as credentials write it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---------------------------------------------------------------------------------- signing


def with_proof(
    document: Mapping[str, Any], *, did: str, kid: str, sign: Sign, at: datetime
) -> dict[str, Any]:
    """The document with a proof inside it (Data Integrity EdDSA Cryptosuites 1.0, 3.2)."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": instant(at),
        "verificationMethod": f"{did}#{kid}",
        "proofPurpose": "assertionMethod",
    }
    value = sign(_signed(document, options))
    return {**document, "proof": {**options, "proofValue": "z" + base58(value)}}


def as_jwt(document: Mapping[str, Any], *, did: str, kid: str, sign: Sign, at: datetime) -> str:
    """The document as a compact JWS (Open Badges 3.0, 8.2). `iat` is the moment of signing:
    `nbf`, from when it counts, may be years before the key."""
    claims = {
        **document,
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
        "iat": int(at.timestamp()),
        "sub": document["credentialSubject"]["id"],
    }
    header = {"alg": "EdDSA", "kid": f"{did}#{kid}.jwk", "typ": "JWT"}
    text = f"{base64url(whole(header))}.{base64url(whole(claims))}"
    return f"{text}.{base64url(sign(text.encode()))}"


# ---------------------------------------------------------------------------------- reading


def read(text: str) -> Secured:
    """Read a credential in either form. Raises NotReadable."""
    text = text.strip()
    try:
        return _from_json(text) if text.startswith("{") else _from_jwt(text)
    except MALFORMED as error:
        raise NotReadable(str(error)) from error


def _from_json(text: str) -> Secured:
    document = json.loads(text, object_pairs_hook=_once)
    proof = document.pop("proof")
    if type(proof) is list:
        (proof,) = proof
    value = proof.pop("proofValue")
    if (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) != (
        "DataIntegrityProof",
        SUITE,
        "assertionMethod",
    ):
        raise NotReadable("a proof of another kind")
    if not value.startswith("z") or len(value) > LONGEST_SIGNATURE:
        raise NotReadable("proofValue")
    did, kid = _method(proof["verificationMethod"])
    return Secured(
        document, did, kid, _signed(document, proof), unbase58(value[1:]), aware(proof["created"])
    )


def _from_jwt(text: str) -> Secured:
    head, body, signature = text.split(".")
    header = json.loads(unbase64url(head), object_pairs_hook=_once)
    if header["alg"] != "EdDSA" or header.get("typ", "JWT") != "JWT" or "crit" in header:
        raise NotReadable("a token of another kind")
    did, kid = _method(header["kid"])
    claims = json.loads(unbase64url(body), object_pairs_hook=_once)
    made = {name: claims.pop(name) for name in MADE}
    begins = int(datetime.fromisoformat(claims["validFrom"]).timestamp())
    said = (claims["issuer"]["id"], claims["id"], begins, claims["credentialSubject"]["id"])
    if said != (made["iss"], made["jti"], made["nbf"], made["sub"]):
        raise NotReadable("claims that contradict the credential")
    return Secured(
        claims,
        did,
        kid.removesuffix(".jwk"),
        f"{head}.{body}".encode(),
        unbase64url(signature),
        datetime.fromtimestamp(made["iat"], UTC),
    )


def _signed(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    configuration = {"@context": document["@context"], **options}
    return canonical_hash(configuration) + canonical_hash(document)


def _method(address: str) -> tuple[str, str]:
    did, _, kid = address.partition("#")
    if not did.startswith("did:web:") or not kid:
        raise NotReadable("a key of another kind")
    return did, kid


def aware(text: str) -> datetime:
    """A moment with its zone, in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise NotReadable("a moment without its zone")
    return moment.astimezone(UTC)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand there once: two readers could otherwise see two things."""
    if len(found := dict(pairs)) != len(pairs):
        raise NotReadable("a name twice")
    return found


# --------------------------------------------------------------------------------- spelling


def multibase_key(public: bytes) -> str:
    """A public key as a Multikey writes it."""
    return "z" + base58(ED25519 + public)


def base58(data: bytes) -> str:
    value, digits = int.from_bytes(data, "big"), ""
    while value:
        value, rest = divmod(value, 58)
        digits = DIGITS[rest] + digits
    return DIGITS[0] * (len(data) - len(data.lstrip(b"\0"))) + digits


def unbase58(text: str) -> bytes:
    """Raises ValueError for a letter that is no digit."""
    value = 0
    for letter in text:
        value = value * 58 + DIGITS.index(letter)
    zeros = len(text) - len(text.lstrip(DIGITS[0]))
    return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def unbase64url(text: str) -> bytes:
    """Raises ValueError for padding, other letters, and bits that are left over."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if base64url(data) != text:
        raise ValueError("bits are left over")
    return data
