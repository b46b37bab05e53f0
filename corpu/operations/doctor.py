"""Look an installation over: what is well, and what to do about what is not."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from corpu.audit import AuditEntry
from corpu.catalog.models import EditionFile, Medium
from corpu.credentials.batch_models import BatchFile
from corpu.credentials.models import Certificate, StatementDocument
from corpu.credentials.template_models import TemplatePicture
from corpu.esign.models import Problem
from corpu.esign.signers import NotSigned, Secret, asks, signer_of
from corpu.hours.models import LearningClaim
from corpu.jobs import Job
from corpu.operations import schema, start
from corpu.signing.queries import entries, head
from corpu.signing.rules import faults
from corpu.signing.service import key_in_use
from corpu.signing.vault import KeyLocked, Vault
from corpu.storage import FolderStorage
from corpu.typesetting import FONTS
from corpu.zones import ZONE_LABELS

if TYPE_CHECKING:
    from config import Settings

LOW_DISK = 1024**3  # bytes: a gigabyte
AHEAD = timedelta(minutes=5)
OVERDUE = timedelta(hours=1)
RELEASED = 2026
LOG_END = 1000  # entries of the log recomputed at each look


@dataclass(frozen=True)
class Finding:
    name: str
    is_ok: bool
    text: str


def examine(settings: "Settings", *, at: datetime) -> list[Finding]:
    """Every finding, in the order in which to mend them. Changes nothing but a probe file."""
    findings = [_secret(settings), _address(settings), _esign(settings)]
    try:
        with start.connected(settings) as connection:
            findings += _database(settings, connection, at)
    except start.Refused as refusal:
        findings.append(Finding("Basis data", False, str(refusal)))
    return [*findings, _store(settings), _disk(settings), _clock(at), _fonts(), _typst()]


def _secret(settings: "Settings") -> Finding:
    sentence = start.secret_problem(settings)
    return Finding("Kunci rahasia", sentence is None, sentence or "ada")


def _address(settings: "Settings") -> Finding:
    name = "Alamat umum"
    if settings.mode != "production" or settings.public_url.startswith("https://"):
        return Finding(name, True, settings.public_url or "alamat komputer ini (peragaan)")
    return Finding(
        name,
        False,
        "isi CORPU_PUBLIC_URL dengan alamat https://… yang dibuka orang; kode QR pada sertifikat "
        "dan tautan masuk memakainya.",
    )


def _database(settings: "Settings", connection: Connection, at: datetime) -> Iterator[Finding]:
    yield Finding("Basis data", True, f"menjawab ({connection.dialect.name})")
    sentence = schema.problem(schema.current(connection))
    yield Finding("Skema", sentence is None, sentence or f"{schema.head()}, terbaru")
    if sentence is not None:
        return
    session = Session(connection)
    sentence = start.mode_problem(session, settings.mode)
    yield Finding("Mode", sentence is None, sentence or settings.mode)
    yield _order_of_time(session, at)
    yield _jobs(session, at)
    yield _named_files(settings, session)
    yield _key(settings, session)
    yield _log(session)


def _order_of_time(session: Session, at: datetime) -> Finding:
    name = "Urutan waktu"
    newest = max(
        filter(
            None,
            (session.scalar(select(func.max(c))) for c in (AuditEntry.at, Job.created_at)),
        ),
        default=None,
    )
    if newest is None or newest <= at + AHEAD:
        return Finding(name, True, "tidak ada catatan dari masa depan")
    return Finding(
        name,
        False,
        f"catatan terakhir bertanggal {newest:%Y-%m-%d %H:%M}Z, sekarang {at:%Y-%m-%d %H:%M}Z: "
        "samakan jam server (NTP).",
    )


def _jobs(session: Session, at: datetime) -> Finding:
    name = "Pekerjaan"
    failed = session.scalar(select(func.count()).where(Job.state == "failed"))
    if failed:
        return Finding(
            name,
            False,
            f"{failed} gagal: lihat `flask jobs list --state failed`, lalu `flask jobs retry ID`.",
        )
    late = session.scalar(
        select(func.count()).where(Job.state == "waiting", Job.run_at < at - OVERDUE)
    )
    if late:
        return Finding(
            name,
            False,
            f"{late} menunggu lebih dari satu jam: jalankan server, atau `flask jobs work` bila "
            "CORPU_WORKER=none.",
        )
    return Finding(name, True, "tidak ada yang gagal atau tertinggal")


def _key(settings: "Settings", session: Session) -> Finding:
    name = "Kunci tanda tangan"
    row = key_in_use(session)
    if row is None or row.sealed is None:
        return Finding(name, True, "belum ada; dibuat saat sertifikat berikutnya terbit")
    try:
        Vault.of(settings).private(row.kid, row.sealed)
    except KeyLocked:
        return Finding(
            name,
            False,
            f"{row.kid} tidak terbuka: kembalikan SECRET_KEY atau CORPU_KEY_PASSPHRASE yang lama, "
            "atau ganti kuncinya di Kelola. Sertifikat baru menunggu sampai itu.",
        )
    return Finding(name, True, f"{row.kid}, sejak {row.valid_from:%Y-%m-%d}")


def _esign(settings: "Settings") -> Finding:
    """Who signs documents, and whether the files for it are there and of use."""
    name, chosen = "TTE", settings.esign
    if chosen.signer == "none":
        return Finding(name, True, "tidak dikonfigurasi; sertifikat terbit dengan QR saja")
    if chosen.missing:
        return Finding(name, False, f"belum lengkap: isi {', '.join(chosen.missing)}.")
    try:
        if chosen.trust:
            import_module("corpu.esign.pades").certificates(chosen.trust)
        if chosen.signer == "pades" and not asks(chosen):
            signer_of(chosen, Secret()).ready()
    except NotSigned as refusal:
        what = {
            Problem.KEY: "CORPU_TTE_KEY atau CORPU_TTE_TRUST tidak dapat dibaca",
            Problem.WRONG_PASSPHRASE: "CORPU_TTE_PASSPHRASE tidak membuka CORPU_TTE_KEY",
            Problem.CERTIFICATE: "sertifikat di CORPU_TTE_KEY tidak berlaku",
        }
        return Finding(name, False, f"{what.get(refusal.problem, refusal.problem)}.")
    if chosen.signer == "pades" and not asks(chosen):
        return Finding(name, True, "kunci sendiri terbuka")
    return Finding(name, True, f"{chosen.signer}, frasa sandi diminta setiap kali")


def _log(session: Session) -> Finding:
    """The end of it; `flask log verify` looks at the whole."""
    name = "Catatan berantai"
    last = head(session)
    if last is None:
        return Finding(name, True, "masih kosong")
    start = max(1, last.position - LOG_END)
    lines = entries(session, start, limit=LOG_END + 1)
    first = lines[0]
    found = list(faults(lines, position=first.position - 1, previous=first.previous))
    if found or len(lines) != last.position - start + 1:
        return Finding(
            name, False, "tidak menyambung: jalankan `flask log verify`, lalu pulihkan cadangan."
        )
    return Finding(name, True, f"{last.position} catatan, ujungnya utuh")


def _named_files(settings: "Settings", session: Session) -> Finding:
    storage = FolderStorage(settings.instance / "store")
    named: set[str] = set()
    columns = (
        EditionFile.sha256,
        Medium.sha256,
        Certificate.pdf_sha256,
        Certificate.signed_pdf_sha256,
        LearningClaim.proof_sha256,
        StatementDocument.pdf_sha256,
        TemplatePicture.sha256,
        BatchFile.sha256,
    )
    for column in columns:
        named.update(session.scalars(select(column).where(column.is_not(None)).distinct()))
    missing = sum(not storage.exists(one) for one in named)
    if missing:
        return Finding(
            "Berkas", False, f"{missing} dari {len(named)} hilang: pulihkan dari cadangan."
        )
    return Finding("Berkas", True, f"{len(named)} dari {len(named)} ada")


def _store(settings: "Settings") -> Finding:
    store = settings.instance / "store"
    try:
        place = store if store.is_dir() else settings.instance
        os.listdir(place)
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(b"probe")
            probe.seek(0)
            probe.read()
    except OSError as error:
        return Finding(
            "Penyimpanan", False, f"{error}. Berikan hak baca dan tulis kepada pengguna ini."
        )
    return Finding("Penyimpanan", True, f"{store} dapat dibaca dan ditulis")


def _disk(settings: "Settings") -> Finding:
    free = shutil.disk_usage(settings.instance).free
    text = f"{free / 1024**3:.1f} GB bebas".replace(".", ",")
    if free < LOW_DISK:
        return Finding("Ruang disk", False, f"{text}: kosongkan sedikitnya 1 GB.")
    return Finding("Ruang disk", True, text)


def _clock(at: datetime) -> Finding:
    with suppress(KeyError):
        for zone in ZONE_LABELS:
            ZoneInfo(zone)
        if at.year >= RELEASED:
            return Finding("Jam", True, f"{at:%Y-%m-%d %H:%M}Z")
        return Finding("Jam", False, f"menunjuk tahun {at.year}: atur jam server (NTP).")
    return Finding("Jam", False, "data zona waktu tidak ada: pasang paket tzdata.")


def _fonts() -> Finding:
    found = list(FONTS.glob("*.ttf"))
    if not found or not (FONTS / "letters.json").is_file():
        return Finding("Huruf", False, f"{FONTS} tidak lengkap: pasang ulang program.")
    return Finding("Huruf", True, f"{len(found)} berkas")


def _typst() -> Finding:
    """In a process of its own: one that has used typst and forks gets children that hang."""
    if importlib.util.find_spec("typst") is not None:
        with suppress(OSError, subprocess.TimeoutExpired):
            tried = subprocess.run(
                [sys.executable, "-c", "import typst; typst.Compiler"],
                capture_output=True,
                timeout=30,
                check=False,
            )
            if tried.returncode == 0:
                return Finding("Pembuat sertifikat", True, "typst siap")
    return Finding(
        "Pembuat sertifikat", False, "typst tidak dapat dijalankan: ulangi `make setup`."
    )
