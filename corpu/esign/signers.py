"""What every signer is: bytes of a PDF go in, the same document with a signature comes out."""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpu.esign.models import Problem

if TYPE_CHECKING:
    from config import Esign

# Nothing of a batch after one of these: the next document would end the same way.
ENDING = frozenset(
    {
        Problem.WRONG_PASSPHRASE,
        Problem.CERTIFICATE,
        Problem.UNKNOWN_SIGNER,
        Problem.CREDENTIALS,
        Problem.KEY,
    }
)
FINAL = frozenset({Problem.REFUSED, Problem.ALTERED, Problem.EXAMPLE, Problem.REVOKED})


@dataclass(frozen=True)
class Secret:
    """What an official enters for one batch. It is never written anywhere."""

    passphrase: str = field(default="", repr=False)
    nik: str = field(default="", repr=False)


@dataclass(frozen=True)
class Note:
    """What the signature says beside itself: where, and where to check the certificate."""

    place: str
    address: str

    @property
    def reason(self) -> str:
        return f"Penerbitan sertifikat. Periksa di {self.address}"


@dataclass(frozen=True)
class Signed:
    """The document with its signature, and whose it is, as the signer's certificate says."""

    data: bytes = field(repr=False)
    signer: str
    remote_id: str | None = None


class NotSigned(Exception):
    """Why there is no signature. The text is what the service said, without secrets."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(detail)
        self.problem, self.detail = problem, detail


class Signer(Protocol):
    """Signs one document after the other. Raises NotSigned and nothing else."""

    def ready(self) -> None:
        """Refuse now what would be refused at any document, as far as that is known here."""
        ...

    def sign(self, data: bytes, note: Note) -> Signed: ...


def signer_of(settings: "Esign", secret: Secret) -> Signer:
    """The configured signer, opened with what was entered. Its module is loaded at the first
    signature: pages must not load the library. Raises NotSigned."""
    module = import_module(f"corpu.esign.{settings.signer}")
    return module.Signer(settings, secret)


def asks(settings: "Esign") -> bool:
    """Whether a person has to enter a passphrase for each batch."""
    if settings.signer == "bsre":
        return True
    if settings.signer != "pades" or settings.passphrase:
        return False
    try:
        head = Path(settings.key).read_bytes()
    except OSError:
        return False
    return b"-----BEGIN PRIVATE KEY" not in head and b"-----BEGIN EC PRIVATE KEY" not in head
