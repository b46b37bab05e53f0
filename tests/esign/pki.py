"""Keys and certificates of the tests: a root, an official beneath it, a timestamp server."""

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from corpu import clock

PHRASE = "frasa sandi kepala 7f3a"
OFFICIAL = "Ir. Jonas Hadi, M.P."


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def key_of(name):
    return ec.generate_private_key(ec.SECP256R1())


def certificate(name, *, of="Akar Uji", key=None, ended=False, stamps=False):
    """A certificate of yesterday; one that has ended was made two years ago, for a year."""
    begins = clock.now() - timedelta(days=730 if ended else 1)
    public = (key or key_of(name)).public_key()
    is_root = name == of
    built = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(of))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=366 if ended else 36600))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                content_commitment=not is_root,
                key_cert_sign=is_root,
                crl_sign=is_root,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        built = built.add_extension(usage, critical=True)
    return built.sign(key_of(of), hashes.SHA256())


def pem(*certificates):
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def p12(folder, *, phrase=PHRASE, ended=False, is_rsa=False):
    """The key file of an official, and the file with the root beside it."""
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if is_rsa
        else key_of(OFFICIAL)
    )
    mine, root = certificate(OFFICIAL, key=key, ended=ended), certificate("Akar Uji")
    data = pkcs12.serialize_key_and_certificates(
        b"tte", key, mine, [root], BestAvailableEncryption(phrase.encode())
    )
    (folder / "tte.p12").write_bytes(data)
    (folder / "akar.pem").write_bytes(pem(root))
    return folder / "tte.p12", folder / "akar.pem"


def open_pem(folder):
    """The same as a PEM file that needs no passphrase."""
    key = key_of(OFFICIAL).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tte.pem").write_bytes(key + pem(certificate(OFFICIAL), certificate("Akar Uji")))
    (folder / "akar.pem").write_bytes(pem(certificate("Akar Uji")))
    return folder / "tte.pem", folder / "akar.pem"
