"""What a PDF that somebody shows us is worth: our kept bytes, its signatures, its content."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from corpu.credentials import queries
from corpu.credentials.documents import fingerprint
from corpu.i18n import moment
from corpu.signing.canonical import NotCanonical, sha256_of
from corpu.signing.pdf_check import Look, PdfSignature, look

LARGEST_FILE = 20 * 1024 * 1024
ZONE = "Asia/Jakarta"  # of whoever asks without an account


@dataclass(frozen=True)
class FileChecked:
    """`found` is the certificate whose kept document this is, byte for byte, or None. `meant` is
    the one that the content inside names, where that content is the one on our record."""

    found: queries.Shown | None
    meant: queries.Shown | None
    look: Look

    @property
    def lines(self) -> list[str]:
        """A sentence for each signature, and one about the content inside."""
        signatures = self.look.signatures
        if signatures is None:
            return [_("Tanda tangan elektronik di dalamnya tidak dapat dibaca.")]
        said = [sentence(one) for one in signatures]
        if self.found is not None and not signatures:
            said.append(_("Belum TTE: berkas ini tidak memuat tanda tangan elektronik."))
        if self.meant is not None and self.found is None:
            said.append(
                _(
                    "Isi di dalamnya sama dengan catatan kami untuk nomor %(number)s, tetapi "
                    "tampilannya mungkin lain: bandingkan dengan halaman pemeriksaan.",
                    number=self.meant.content.number,
                )
            )
        return said


def check_file(session: Session, data: bytes, trust: bytes) -> FileChecked:
    """Judge a PDF. `trust` holds the certificates in PEM by which signers are believed. The
    session is given back before the file is read."""
    found = queries.by_file(session, fingerprint(data))
    session.close()
    seen = look(data, trust)
    meant = None
    if found is None and seen.content is not None:
        meant = _meant(session, seen.content)
    return FileChecked(found, meant, seen)


def _meant(session: Session, content: dict[str, object]) -> queries.Shown | None:
    found = queries.by_code(session, str(content.get("code", ""))[:100])
    try:
        is_same = found is not None and sha256_of(content) == found.content.sha256()
    except (NotCanonical, RecursionError):
        return None
    return found if is_same and found is not None and found.is_intact else None


def sentence(one: PdfSignature) -> str:
    """What one signature says, never more than was checked."""
    if not one.is_intact:
        return _("Tanda tangan elektronik RUSAK: berkas diubah sesudah ditandatangani.")
    if not one.is_whole:
        return _(
            "Tanda tangan elektronik atas nama %(name)s tidak mencakup seluruh berkas: sesuatu "
            "ditambahkan sesudahnya.",
            name=one.signer,
        )
    when = str(moment(one.at, ZONE).striptags()) if one.at is not None else "–"
    if one.is_trusted:
        return _(
            "Tanda tangan elektronik %(name)s utuh dan dipercaya melalui %(issuer)s, %(when)s.",
            name=one.signer,
            issuer=one.issuer,
            when=when,
        )
    return _(
        "Tanda tangan elektronik utuh, atas nama %(name)s menurut sertifikatnya dari %(issuer)s, "
        "%(when)s. Siapa pun dapat membuat sertifikat bernama itu: kepercayaannya belum diperiksa.",
        name=one.signer,
        issuer=one.issuer,
        when=when,
    )
