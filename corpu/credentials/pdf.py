"""From a snapshot to the bytes of its PDF. The same snapshot always gives the same bytes.

There are two forms. The archival one is PDF/A-3a and holds its own snapshot as a file; the first
one, PDF/A-2a, is drawn only where the bytes of a certificate from its time were lost.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from corpu.credentials.attachments import attachments
from corpu.credentials.designs import Printed
from corpu.credentials.english import date_en, jp_words_en
from corpu.credentials.rules import date_id, format_code, format_jp, format_nip
from corpu.credentials.snapshot import Snapshot
from corpu.typesetting import (
    ACCESSIBLE,
    ARCHIVAL,
    TIMEOUT_SECONDS,
    PdfRefused,
    PdfUnavailable,
    sketch,
    typeset,
)

__all__ = ["PdfRefused", "PdfUnavailable", "render_pdf", "render_statement", "written"]

TEMPLATES = {1: Path(__file__).parent / "templates" / "typst" / "certificate.typ"}
DESIGNED = {1: TEMPLATES[1].with_name("designed.typ")}  # by layout, for templates of agencies
STATEMENT = TEMPLATES[1].with_name("statement.typ")


def render_pdf(
    snapshot_dict: dict,
    template_version: int = 1,
    *,
    qr_payload: str | None = None,
    archival: bool = True,
    credential: str = "",
    pictures: Mapping[str, bytes] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> bytes:
    """Draw a certificate: two pages or more, A4 landscape, PDF/A-3a and PDF/UA-1, with the files
    of `attachments` inside; not `archival`: PDF/A-2a without them, as it was drawn before. By a
    template of the agency as that says.

    `snapshot_dict` is what `Snapshot.to_dict` gives; `qr_payload` what its QR holds behind the
    address, none for a certificate from before there was one: such a document has the bytes
    that it has always had. `pictures` are those that the template names, by SHA-256;
    `credential` is the digital one that the document carries. `timeout`
    in seconds covers waiting for others and one attempt more if the drawing process has died.
    Safe to call from any thread.
    Raises PdfRefused or PdfUnavailable.
    """
    if template_version not in TEMPLATES:
        raise ValueError(f"there is no certificate template {template_version}")
    snapshot = Snapshot.from_dict(snapshot_dict)
    template, data = _told(snapshot, TEMPLATES[template_version], pictures or {})
    link = snapshot.verify_url
    if qr_payload:
        data["qr_link"] = link = f"{link}#{qr_payload}"
    if archival:
        data["attachments"] = [asdict(one) for one in attachments(snapshot_dict, credential)]
    return typeset(
        template,
        data,
        timestamp=int(datetime.combine(snapshot.issued_on, time(), UTC).timestamp()),
        qr=link,
        standards=ARCHIVAL if archival else ACCESSIBLE,
        timeout=timeout,
    )


def sketch_of(
    snapshot: Snapshot,
    *,
    pictures: Mapping[str, bytes],
    dots: float,
    timeout: float = TIMEOUT_SECONDS,
) -> bytes:
    """The first sheet of a certificate as a PNG, to look at a template before it is used. Raises
    PdfRefused or PdfUnavailable."""
    template, data = _told(snapshot, TEMPLATES[1], pictures)
    return sketch(template, data, dots=dots, qr=snapshot.verify_url, timeout=timeout)


def _told(
    snapshot: Snapshot, template: Path, pictures: Mapping[str, bytes]
) -> tuple[Path, dict[str, Any]]:
    """The file that draws a snapshot, and what it is told."""
    data: dict[str, Any] = {"snapshot": snapshot.to_dict(), "written": written(snapshot)}
    design = snapshot.design
    if design is not None:
        template = DESIGNED[design.layout]
        data["written"] |= written_by_design(snapshot, design)
        data["pictures"] = _pictures(design, pictures)
    return template, data


def is_archival(data: bytes) -> bool:
    """Whether these bytes of ours are of the archival form."""
    return b"<pdfaid:part>3</pdfaid:part>" in data


def render_statement(words: dict, *, timeout: float = TIMEOUT_SECONDS) -> bytes:
    """Draw the statement of a closed Buku JP: A4 portrait, PDF/A-2a and PDF/UA-1.

    `words` is what `statements.written` gives. The same words always give the same bytes.
    Raises PdfRefused or PdfUnavailable, as `render_pdf` does.
    """
    day = date.fromisoformat(words["issued_on"])
    return typeset(
        STATEMENT,
        {"snapshot": words},
        timestamp=int(datetime.combine(day, time(), UTC).timestamp()),
        timeout=timeout,
    )


def written(snapshot: Snapshot) -> dict:
    """The facts of a snapshot as the words and figures that are printed."""
    person = [snapshot.post, snapshot.unit, snapshot.agency]
    signs = snapshot.signatory
    if snapshot.started_on == snapshot.completed_on:
        period = date_id(snapshot.completed_on)
    else:
        period = f"{date_id(snapshot.started_on)} sampai dengan {date_id(snapshot.completed_on)}"
    title = f"{snapshot.title} {snapshot.number}: {snapshot.name}"
    minutes = sum(row.minutes for row in snapshot.curriculum)
    return {
        "document_title": f"CONTOH {title}" if snapshot.demo else title,
        "nip_line": _nip_line(snapshot.nip),
        "post_line": " · ".join(dict.fromkeys(part for part in person if part)),
        "code": format_code(snapshot.code),
        "verify_address": snapshot.verify_address,
        "jp": format_jp(snapshot.jp),
        "jp_total": _two_decimals(snapshot.jp),
        "period": period,
        "issued_on": date_id(snapshot.issued_on),
        "remarks": _remarks(snapshot),
        "signatory_lines": [line for line in (signs.rank, _nip_line(signs.nip)) if line],
        "minutes": str(minutes),
        "curriculum": [
            {"title": row.title, "minutes": str(row.minutes), "jp": _two_decimals(row.jp)}
            for row in snapshot.curriculum
        ],
    }


def _remarks(snapshot: Snapshot) -> list[str]:
    """What a corrected, renewed or ending certificate says below its number; each has its
    English in `_remarks_en`."""
    said = []
    if snapshot.replaces:
        said.append(f"Menggantikan nomor {snapshot.replaces} karena pembetulan")
    if snapshot.renews:
        said.append(f"Memperbarui nomor {snapshot.renews}")
    if snapshot.valid_until:
        said.append(f"Berlaku sampai dengan {date_id(snapshot.valid_until)}")
    return said


def _remarks_en(snapshot: Snapshot) -> list[str]:
    said = []
    if snapshot.replaces:
        said.append(f"Replaces number {snapshot.replaces} by way of correction")
    if snapshot.renews:
        said.append(f"Renews number {snapshot.renews}")
    if snapshot.valid_until:
        said.append(f"Valid until {date_en(snapshot.valid_until)}")
    return said


def written_by_design(snapshot: Snapshot, design: Printed) -> dict:
    """What a template of an agency prints besides, in Indonesian and under `en` in English."""
    start, end = snapshot.started_on, snapshot.completed_on
    figures = format_jp(snapshot.jp)
    english = date_en(end) if start == end else f"{date_en(start)} to {date_en(end)}"
    period = written(snapshot)["period"]
    return {
        "hours_line": f"{figures} ({snapshot.jp_words}) jam pelajaran (JP)",
        "period_line": f"{period} · edisi {snapshot.edition}",
        "signers": [
            [line for line in (one.rank, _nip_line(one.nip)) if line] for one in design.signatories
        ],
        "en": {
            "hours_line": f"{figures.replace(',', '.')} ({jp_words_en(snapshot.jp)}) "
            "learning hours (JP)",
            "period_line": f"{english} · edition {snapshot.edition}",
            "issued_on": date_en(snapshot.issued_on),
            "remarks": _remarks_en(snapshot),
        },
    }


def _pictures(design: Printed, pictures: Mapping[str, bytes]) -> dict[str, list[int]]:
    if missing := [one for one in design.pictures if one not in pictures]:
        raise PdfUnavailable(f"pictures are missing: {', '.join(missing)}")
    return {one: list(pictures[one]) for one in design.pictures}


def _nip_line(nip: str) -> str:
    if not nip:
        return ""
    # Digits 13-14 of an NI PPPK are 2 and the count of contracts; of a NIP, a month.
    kind = "NI PPPK" if len(nip) == 18 and nip[12] == "2" else "NIP"
    return f"{kind} {format_nip(nip)}"


def _two_decimals(jp: Decimal) -> str:
    return f"{jp:.2f}".replace(".", ",")
