"""Signing with a key of one's own: PAdES (ETSI EN 319 142-1) by pyHanko.

B-B by default, B-T with a timestamp server (RFC 3161), B-LT with the proofs of revocation too. The
field of the signature lies outside the page: PDF/A forbids hidden fields, PDF/UA wants visible
ones described in the text, and what the page says was drawn before.
"""

import asyncio
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn1crypto import tsp, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import Certificate, load_pem_x509_certificates
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from corpu import clock, http_client
from corpu.esign.models import Problem
from corpu.esign.signers import Note, NotSigned, Secret, Signed

if TYPE_CHECKING:
    from config import Esign

FIELD = "TTE"
FIELD_WORDS = "Tanda tangan elektronik"
LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


class _NoTime(Exception):
    pass


class _Clock(TimeStamper):
    """A timestamp server over our own client, with its bounds."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__()
        self.url, self.timeout = url, timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        try:
            answer = await asyncio.to_thread(
                http_client.ask,
                "POST",
                self.url,
                {"Content-Type": "application/timestamp-query"},
                req.dump(),
                timeout=self.timeout,
                is_local=self.url.startswith(LOCAL),
            )
        except http_client.NoAnswer as failure:
            raise _NoTime(str(failure)) from None
        if answer.status != 200:
            raise _NoTime(f"HTTP {answer.status}")
        return tsp.TimeStampResp.load(answer.body)


class Signer:
    """Holds the opened key while a batch lasts: opening it anew each time costs more than a
    signature does."""

    def __init__(self, settings: "Esign", secret: Secret) -> None:
        phrase = (settings.passphrase or secret.passphrase).encode()
        key, own, others = _opened(settings.key, phrase)
        self._certificate = own
        store = SimpleCertificateStore()
        store.register_multiple(others)
        self._signer = _KeptKey(key, signing_cert=own, cert_registry=store)
        self._clock = (
            _Clock(settings.timestamp_url, settings.timeout) if settings.timestamp_url else None
        )
        self._roots = certificates(settings.trust) if settings.trust else []
        self._long_term = settings.level == "b-lt"

    def ready(self) -> None:
        """Raises NotSigned for a certificate that does not hold at present."""
        valid = self._certificate["tbs_certificate"]["validity"]
        if not valid["not_before"].native <= clock.now() <= valid["not_after"].native:
            raise NotSigned(Problem.CERTIFICATE, f"{valid['not_after'].native:%Y-%m-%d}")

    def sign(self, data: bytes, note: Note) -> Signed:
        """Add one signature to the end of the file. Raises NotSigned."""
        self.ready()
        context = None
        if self._long_term:
            context = ValidationContext(
                trust_roots=self._roots, allow_fetching=True, revocation_mode="soft-fail"
            )
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            location=note.place,
            reason=note.reason,
            embed_validation_info=self._long_term,
            validation_context=context,
        )
        field = SigFieldSpec(
            FIELD,
            on_page=0,
            readable_field_name=FIELD_WORDS,
            invis_sig_settings=InvisSigSettings(
                set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True
            ),
        )
        pen = signers.PdfSigner(meta, self._signer, timestamper=self._clock, new_field_spec=field)
        try:
            signed = pen.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data))).getvalue()
            names = self._certificate.subject.native
            return Signed(signed, str(names.get("common_name", ""))[:200])
        except _NoTime as failure:
            raise NotSigned(Problem.NO_TIME, str(failure)) from failure
        except Exception as failure:
            kind = Problem.NO_TIME if self._clock is not None else Problem.FAULT
            raise NotSigned(kind, type(failure).__name__) from failure


class _KeptKey(signers.ExternalSigner):
    """Signs with a key that stays open."""

    def __init__(self, key: Any, **more: Any) -> None:
        super().__init__(**more)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        kind = getattr(hashes, digest_algorithm.upper())()
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), kind)
        return self._key.sign(data, ec.ECDSA(kind))


def _opened(path: str, phrase: bytes) -> tuple[Any, x509.Certificate, list[x509.Certificate]]:
    """The private key of a PKCS#12 or PEM file, its certificate, and the others in the file."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise NotSigned(Problem.KEY, error.strerror or "") from None
    try:
        if b"-----BEGIN" in data:
            is_closed = b"ENCRYPTED" in data
            key: Any = serialization.load_pem_private_key(data, phrase if is_closed else None)
            found = load_pem_x509_certificates(data)
        else:
            key, own, more = pkcs12.load_key_and_certificates(data, phrase)
            found = [one for one in (own, *more) if one is not None]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # A wrong passphrase and a damaged file look alike to who has no key.
        raise NotSigned(Problem.WRONG_PASSPHRASE) from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise NotSigned(Problem.KEY, "RSA, EC")
    mine = key.public_key()
    chain = [_asn1(one) for one in found if one.public_key() != mine]
    own_ones = [_asn1(one) for one in found if one.public_key() == mine]
    if not own_ones:
        raise NotSigned(Problem.KEY, "CERTIFICATE")
    return key, own_ones[0], chain


def certificates(path: str) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises NotSigned."""
    try:
        return [_asn1(one) for one in load_pem_x509_certificates(Path(path).read_bytes())]
    except (OSError, ValueError):
        raise NotSigned(Problem.KEY, "CORPU_TTE_TRUST") from None


def _asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
