"""Certificates to test with: one of everyday facts, changed at will."""

from datetime import date
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corpu.credentials import payload
from corpu.credentials.snapshot import GoalTile, Signatory, Snapshot, snapshot
from corpu.signing.rules import kid_of

VERIFY_URL = "https://corpu.contoh.go.id/verify/CV35-7KQM-2XNE-94TA"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def goal(number: int) -> GoalTile:
    return GoalTile(number, f"Tujuan nomor {number}", "#26BDE2", "#000000")


def sample(**changes) -> Snapshot:
    facts = {
        "kind": "course_completion",
        "number": "800.2/00012/BPSDM/XII/2026",
        "code": "CV357KQM2XNE94TA",
        "title": "Sertifikat",
        "prefix": "Dr.",
        "name": "Mira Ma’ruf",
        "suffix": "S.Sos., M.Si.",
        "nip": "198502232006042908",
        "post": "Analis Kebijakan Ahli Muda",
        "unit": "Bidang Perencanaan",
        "agency": "Bappeda Provinsi Contoh",
        "issuer": "BPSDM Provinsi Contoh",
        "course_title": "Air Bersih dan Sanitasi untuk Semua",
        "course_slug": "air-bersih",
        "edition": 3,
        "jp": Decimal("2.5"),
        "started_on": date(2026, 11, 28),
        "completed_on": date(2026, 12, 12),
        "issued_on": date(2026, 12, 12),
        "place": "Surabaya",
        "signatory": Signatory(
            "Ir. Jonas Hadi, M.P.",
            "197203141998031905",
            "Kepala BPSDM Provinsi Contoh",
            "Pembina Utama Madya (IV/d)",
        ),
        "modules": [("Air, hak setiap orang", 45), ("Membaca data", 40), ("Merancang", 30)],
        "goals": [goal(6), goal(17)],
        "verify_url": VERIFY_URL,
        "zone": "WIB",
    }
    return snapshot(**facts | changes)


def signed_text(content: Snapshot, *, key=KEY) -> str:
    """What the QR of a certificate holds, signed by a key of the tests."""
    kid = kid_of(key.public_key().public_bytes_raw())
    return payload.seal(content.verify_url, payload.content_of(content), kid, key.sign)
