"""Credentials to take along, and what a wallet asks of their issuer."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, request

from corpu import clock
from corpu.addresses import absolute
from corpu.credentials.badges import status
from corpu.credentials.badges.document import PROFILE_PATH, STATUS_PATH, did_of
from corpu.credentials.badges.linked import BADGES, CREDENTIALS
from corpu.credentials.badges.proofs import multibase_key, whole
from corpu.credentials.badges.service import kept_badge
from corpu.credentials.blueprint import bp
from corpu.credentials.queries import own_certificate
from corpu.credentials.wallet_views import file_name
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.permissions import Permission
from corpu.signing.queries import key_file, published_keys
from corpu.signing.rules import ALGORITHM, PublicKey, base64url
from corpu.web import requires, the_viewer

DID = "https://www.w3.org/ns/did/v1"
SUITES = ("https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1")


@bp.get("/me/certificates/<uuid:certificate_id>/credential.json")
@requires(Permission.LEARN)
def credential_json(certificate_id: UUID) -> Response:
    """The credential with its proof inside: for wallets that read Open Badges."""
    return _download(certificate_id, "json")


@bp.get("/me/certificates/<uuid:certificate_id>/credential.jwt")
@requires(Permission.LEARN)
def credential_jwt(certificate_id: UUID) -> Response:
    """The same as a token: for wallets that read VC-JWT."""
    return _download(certificate_id, "jwt")


def _download(certificate_id: UUID, form: str) -> Response:
    found = own_certificate(db.session(), the_viewer().id, certificate_id)
    if found is None:
        raise NotFound
    badge = kept_badge(db.session(), certificate_id, at=clock.now())
    response = make_response(badge.document if form == "json" else badge.jwt)
    response.mimetype = "application/vc" if form == "json" else "application/jwt"
    name = file_name(found.content.title, found.content.course_title, found.content.name)
    name = name.removesuffix(".pdf") + f".{form}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


# ---------------------------------------------------------------------------- what wallets ask


@bp.get(STATUS_PATH + "/<int:number>")
@requires(Permission.PUBLIC)
def status_list(number: int) -> Response:
    """Which credentials of a list are revoked, signed; no person is in it."""
    if not 1 <= number <= 2**31 - 1:
        raise NotFound
    said = status.status_list(db.session(), number, base=absolute(""), at=clock.now())
    response = _public(said, "application/vc")
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.get("/.well-known/did.json")
@bp.get("/did.json", endpoint="did_under_a_path")
@requires(Permission.PUBLIC)
def did() -> Response:
    """Who we are by did:web, with every key that may still be relied on, also the retired ones:
    what they signed holds. Where the address has a path, did:web asks without `.well-known`."""
    name = did_of(absolute(""))
    keys = [key for key in published_keys(db.session()) if key.compromised_at is None]
    methods = [method for key in keys for method in _methods(name, key)]
    said = {
        "@context": [DID, *SUITES],
        "id": name,
        "alsoKnownAs": [absolute("/")],
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
        "service": [
            {
                "id": f"{name}#profile",
                "type": "IssuerProfile",
                "serviceEndpoint": absolute(PROFILE_PATH),
            }
        ],
    }
    return _public(said, "application/did+ld+json")


def _methods(name: str, key: PublicKey) -> list[dict[str, Any]]:
    jwk = {"kty": "OKP", "crv": ALGORITHM, "alg": "EdDSA", "x": base64url(key.public)}
    return [
        {
            "id": f"{name}#{key.kid}",
            "type": "Multikey",
            "controller": name,
            "publicKeyMultibase": multibase_key(key.public),
        },
        {
            "id": f"{name}#{key.kid}.jwk",
            "type": "JsonWebKey",
            "controller": name,
            "publicKeyJwk": {**jwk, "kid": key.kid},
        },
    ]


@bp.get(PROFILE_PATH)
@requires(Permission.PUBLIC)
def issuer_profile() -> Response:
    """The agency as an Open Badges profile, at an address that stays."""
    agency = key_file(db.session(), address=absolute(""))["agency"]
    said = {
        "@context": [CREDENTIALS, BADGES],
        "id": did_of(absolute("")),
        "type": ["Profile"],
        "name": agency["name"] if agency else "CorpU",
        "url": absolute("/"),
    }
    return _public(said, "application/ld+json")


def _public(said: dict[str, Any], mimetype: str) -> Response:
    response = Response(whole(said), mimetype=mimetype)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
