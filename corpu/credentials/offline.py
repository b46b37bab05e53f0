"""The checker that works without a network: keys and words as data, and one file that holds all."""

import base64
import hashlib
import json
import re
from datetime import datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from markupsafe import Markup
from sqlalchemy.orm import Session

from corpu.addresses import absolute
from corpu.credentials.findings import sentences
from corpu.credentials.payload import TITLES
from corpu.credentials.qrtext import WORDS
from corpu.signing.queries import published_keys, trusted_keys
from corpu.signing.rules import PublicKey, base64url, moment

# In the order in which the file needs them; the last one begins to work.
SCRIPTS = ("vendor/ed25519", "vendor/jsqr", "verify/qr", "verify/page")
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


def known_keys(session: Session) -> list[PublicKey]:
    """Whose signatures are accepted: ours, and those of others that we trust. Three statements."""
    return [*published_keys(session), *trusted_keys(session)]


def pinned(session: Session, *, at: datetime) -> dict[str, Any]:
    """What a browser needs to check a payload by itself, as of `at`."""
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            said[language] = sentences()
    ours = {key.kid for key in published_keys(session)}
    return {
        "format": "corpu-qr/1",
        "at": moment(at),
        "keys": [_key(key) | {"ours": key.kid in ours} for key in known_keys(session)],
        "titles": TITLES,
        "words": json.loads(WORDS.read_text("utf-8")),
        "sentences": said,
    }


def file(session: Session, *, at: datetime) -> str:
    """One HTML file with everything in it. It asks for nothing from anywhere but, where there is a
    network, the issuer named by a signed QR; a policy inside it, with the hashes of its own
    scripts and style, holds it to that."""
    data = pinned(session, at=at)
    # "</" would end the element in the midst of a text.
    begin = f"globalThis.corpuPinned = {json.dumps(data, ensure_ascii=False)};".replace(
        "</", "<\\/"
    )
    scripts = [begin, *(_static(f"js/{name}.js").replace("</", "<\\/") for name in SCRIPTS)]
    style = re.sub(r"@font-face \{[^}]*\}\n?", "", _static("css/app.css"))
    pages = []
    for language in LANGUAGES:
        other = next(one for one in LANGUAGES if one != language)
        with force_locale(language):
            pages.append(
                render_template(
                    "credentials/_offline.html",
                    language=language,
                    current_locale=language,
                    other=other,
                    other_name=LANGUAGES[other],
                    keys=known_keys(session),
                    address=absolute("/verify"),
                    at=at,
                )
            )
    return render_template(
        "credentials/offline.html",
        policy="; ".join(
            (
                "default-src 'none'",
                f"script-src {' '.join(map(_hash, scripts))}",
                f"style-src {_hash(style)}",
                "connect-src https: http://127.0.0.1:* http://localhost:*",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        style=Markup("<style>{}</style>").format(Markup(style)),
        pages=[Markup(page) for page in pages],
        scripts=[Markup("<script>{}</script>").format(Markup(script)) for script in scripts],
    )


def _key(key: PublicKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "x": base64url(key.public),
        "owner": key.owner,
        "valid_from": moment(key.valid_from),
        "retired_at": moment(key.retired_at) if key.retired_at else None,
        "compromised_at": moment(key.compromised_at) if key.compromised_at else None,
    }


def _static(path: str) -> str:
    return current_app.extensions["assets"].get(path).body.decode()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
