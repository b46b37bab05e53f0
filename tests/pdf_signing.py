"""PDFs signed by certificates of the tests, made once."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache, wraps

import pikepdf
from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from corpu.pdf_signatures import PdfSignature, as_signature
from corpu.pdf_signatures_worker import looked_at

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
SIGNER, ROOT = "Kepala BPSDM Lain", "Root CA Uji"


def _name(text):
    return certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(name, key, by, by_key, *, is_root):
    return (
        certificates.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(by))
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(certificates.BasicConstraints(is_root, None), critical=True)
        .add_extension(
            certificates.KeyUsage(True, True, False, False, False, is_root, is_root, False, False),
            critical=True,
        )
        .sign(by_key, hashes.SHA256())
    )


def apart(make):
    """Done in a thread of its own: pyHanko starts an event loop, and a browser that was tested
    before has left its own running in this one."""

    @wraps(make)
    def done(*given):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(make, *given).result()

    return done


looked_at_apart = apart(looked_at)


@cache
@apart
def signed_pdf() -> tuple[bytes, str]:
    """A signed PDF, and the root that stands behind its signer, in PEM."""
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    root = _certificate(ROOT, root_key, ROOT, root_key, is_root=True)
    own = _certificate(SIGNER, key, ROOT, root_key, is_root=False)
    secret = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(own.public_bytes(DER)),
        signing_key=keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore.from_certs(
            [x509.Certificate.load(root.public_bytes(DER))]
        ),
    )
    plain, out = pikepdf.new(), io.BytesIO()
    plain.add_blank_page()
    plain.save(out)
    made = signers.sign_pdf(
        IncrementalPdfFileWriter(out), signers.PdfSignatureMetadata(field_name="T"), signer=signer
    )
    return made.getvalue(), root.public_bytes(PEM).decode()


def with_more(data: bytes) -> bytes:
    """The same with something added behind the signature."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(data)), io.BytesIO()
    writer.root["/Lang"] = TextStringObject("id")
    writer.update_root()
    writer.write(out)
    return out.getvalue()


def looked_at_here(data: bytes, roots: str) -> list[PdfSignature]:
    """As `signatures_of`, without a process of its own."""
    return list(map(as_signature, looked_at_apart(data, roots))) if data else []
