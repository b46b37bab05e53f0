"""Private keys at rest, sealed with the installation's secret, and in memory once opened.

Sealed as: one byte for where the sealing key comes from, 16 of salt, 12 of nonce, then AES-256-GCM
of the 32 private bytes, bound to the key's name. From SECRET_KEY, which is long and random, the
sealing key comes by HKDF-SHA256 (RFC 5869); from CORPU_KEY_PASSPHRASE, which somebody thought up,
by scrypt (RFC 7914), so that guessing is dear.
"""

import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from flask import current_app

from corpu.errors import N_, DomainError

if TYPE_CHECKING:
    from config import Settings

BY_SECRET, BY_PASSPHRASE = 1, 2
SALT, NONCE = 16, 12
PURPOSE = b"corpu signing key"


class KeyLocked(DomainError):
    """The private key is there and cannot be opened, or could not be sealed."""

    status = 503
    message = N_(
        "Kunci penanda tangan tidak dapat dibuka, karena rahasia server (SECRET_KEY atau "
        "CORPU_KEY_PASSPHRASE) hilang atau berubah. Kembalikan rahasia yang lama, atau ganti "
        "kuncinya di Kelola, Kunci tanda tangan."
    )


class Vault:
    """Seals and opens private keys; what was opened stays in this process's memory."""

    def __init__(self, secret: str, fallbacks: tuple[str, ...] = (), passphrase: str = "") -> None:
        self._secrets = tuple(one for one in (secret, *fallbacks) if one)
        self._passphrase = passphrase
        self._open: dict[str, Ed25519PrivateKey] = {}

    @classmethod
    def of(cls, settings: "Settings") -> "Vault":
        return cls(
            settings.secret_key, tuple(settings.secret_key_fallbacks), settings.key_passphrase
        )

    @property
    def can_seal(self) -> bool:
        """Whether there is any secret to seal with."""
        return bool(self._passphrase or self._secrets)

    def seal(self, kid: str, private: Ed25519PrivateKey) -> bytes:
        """The private key as it is kept. Raises KeyLocked where there is no secret."""
        if not self.can_seal:
            raise KeyLocked
        method = BY_PASSPHRASE if self._passphrase else BY_SECRET
        salt, nonce = os.urandom(SALT), os.urandom(NONCE)
        key = _derived(method, self._passphrase or self._secrets[0], salt)
        box = AESGCM(key).encrypt(nonce, private.private_bytes_raw(), kid.encode())
        self._open[kid] = private
        return bytes([method]) + salt + nonce + box

    def private(self, kid: str, sealed: bytes) -> Ed25519PrivateKey:
        """The opened key: from memory, or unsealed with the first secret that opens it. Raises
        KeyLocked where none does, as for bytes that are not what was sealed."""
        if kid not in self._open:
            self._open[kid] = Ed25519PrivateKey.from_private_bytes(self._unsealed(kid, sealed))
        return self._open[kid]

    def is_open(self, kid: str) -> bool:
        """Whether the key is in memory already."""
        return kid in self._open

    def is_stale(self, kid: str, sealed: bytes) -> bool:
        """Whether it should be sealed anew: not the secret of today opens it. By a passphrase
        this takes a tenth of a second."""
        first = self._passphrase or (self._secrets or ("",))[0]
        method = BY_PASSPHRASE if self._passphrase else BY_SECRET
        return sealed[:1] != bytes([method]) or _try(method, first, kid, sealed) is None

    def forget(self, kid: str) -> None:
        """The key no longer signs: let it go."""
        self._open.pop(kid, None)

    def _unsealed(self, kid: str, sealed: bytes) -> bytes:
        method = sealed[0] if sealed else 0
        secrets = self._secrets if method == BY_SECRET else (self._passphrase,)
        for secret in filter(None, secrets):
            private = _try(method, secret, kid, sealed)
            if private is not None:
                return private
        raise KeyLocked


def current() -> Vault:
    """The vault of the running application."""
    app = current_app
    if "vault" not in app.extensions:
        app.extensions["vault"] = Vault.of(app.config["SETTINGS"])
    return app.extensions["vault"]


def _try(method: int, secret: str, kid: str, sealed: bytes) -> bytes | None:
    salt, nonce = sealed[1 : 1 + SALT], sealed[1 + SALT : 1 + SALT + NONCE]
    try:
        key = _derived(method, secret, salt)
        return AESGCM(key).decrypt(nonce, sealed[1 + SALT + NONCE :], kid.encode())
    except (InvalidTag, ValueError):
        return None


def _derived(method: int, secret: str, salt: bytes) -> bytes:
    if method == BY_PASSPHRASE:
        return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret.encode())
    if method == BY_SECRET:
        return HKDF(hashes.SHA256(), 32, salt, PURPOSE).derive(secret.encode())
    raise ValueError(f"sealed by method {method}")
