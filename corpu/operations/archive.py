"""The file that a backup is: a gzipped tar whose last member says what the others must be.

    corpu.db         the embedded database, at one moment; not where PostgreSQL keeps the data
    store/ab/ab12…   the files of the content-addressed store
    secret           only on request
    manifest.json    version, schema, moment, rows per table, and size and SHA-256 of each member

It is written and read as a stream, and ends with a seal: an empty gzip member whose comment is
the SHA-256 of all bytes before it. gzip's own checksum passes over a few bits of its headers; the
seal passes over none, and other programs that unpack the file do not notice it.

Only these names are accepted, so nothing in a file from elsewhere can be written outside the
place it is unpacked to.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

FORMAT = 1
DATABASE = "corpu.db"
SECRET = "secret"
MANIFEST = "manifest.json"
STORED = re.compile(r"store/([0-9a-f]{2})/(\1[0-9a-f]{62})")

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 512 * CHUNK  # some two million files
GZIP = bytes((0x1F, 0x8B, 8))


class Damaged(Exception):
    """This file is no backup of ours, or not as it was written; the text says why."""


@dataclass(frozen=True)
class Member:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    format: int
    version: str  # of the program that wrote it
    created_at: str  # ISO 8601, UTC
    database: str  # sqlite: inside; postgresql: kept elsewhere
    schema: str | None  # the migration the database was at
    tables: dict[str, int]  # rows
    members: dict[str, Member]

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises Damaged for anything but what `write` makes."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values["format"] != FORMAT:
                raise Damaged(f"bentuk {values['format']} belum dikenal oleh versi program ini")
            datetime.fromisoformat(values["created_at"])
            members = {name: Member(**one) for name, one in values.pop("members").items()}
            return cls(members=members, **values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Damaged(f"{MANIFEST} tidak terbaca") from error


def write(
    target: IO[bytes],
    sources: Iterable[tuple[str, Path]],
    *,
    version: str,
    at: datetime,
    database: str,
    schema: str | None,
    tables: dict[str, int],
) -> Manifest:
    """Write an archive of the files, each under its name; answers what stands in the manifest."""
    members: dict[str, Member] = {}
    sealing = _Hashing(target)
    with (
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=sealing, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in sources:
            with path.open("rb") as file:
                reader = _Hashing(file)
                size = file.seek(0, io.SEEK_END)
                file.seek(0)
                tar.addfile(_member(name, size, at), reader)
                members[name] = Member(size, reader.hash.hexdigest())
        manifest = Manifest(FORMAT, version, at.isoformat(), database, schema, tables, members)
        text = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
        tar.addfile(_member(MANIFEST, len(text), at), io.BytesIO(text))
    target.write(_seal(sealing.hash.hexdigest()))
    return manifest


def _seal(sha256: str) -> bytes:
    comment = f"sha256={sha256}".encode() + b"\0"
    return GZIP + bytes((0x10, 0, 0, 0, 0, 0, 0xFF)) + comment + b"\x03\0" + bytes(8)


SEAL_LENGTH = len(_seal("0" * 64))


def _member(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(at.timestamp())
    return info


class _Hashing:
    """What is read or written through it is hashed on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.hash.update(data)
        return data

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def read(source: IO[bytes], place: Callable[[str], Path | None]) -> Manifest:
    """Check every byte of an archive against its checksums and its manifest.

    `place` says where the member of a name is to be written, or None to check it only.
    Raises Damaged; what was written until then is the caller's to throw away.
    """
    _check_whole(source)
    found: dict[str, Member] = {}
    manifest = None
    try:
        with (
            gzip.GzipFile(fileobj=source, mode="rb") as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            for info in tar:
                if manifest is not None or info.name in found:
                    raise Damaged(f"{info.name} tidak pada tempatnya")
                if info.type != tarfile.REGTYPE or info.issparse():
                    raise Damaged(f"{info.name} bukan berkas biasa")
                content = tar.extractfile(info)
                if content is None:
                    raise Damaged(f"{info.name} tidak terbaca")
                if info.name == MANIFEST:
                    if info.size > LARGEST_MANIFEST:
                        raise Damaged(f"{MANIFEST} terlalu besar")
                    manifest = Manifest.from_json(content.read())
                elif info.name in (DATABASE, SECRET) or STORED.fullmatch(info.name):
                    found[info.name] = _take(content, place(info.name))
                else:
                    raise Damaged(f"nama {info.name!r} tidak dikenal")
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Damaged("susunannya tidak terbaca") from error
    if manifest is None:
        raise Damaged(f"{MANIFEST} tidak ada")
    for name in sorted(manifest.members.keys() | found.keys()):
        if manifest.members.get(name) != found.get(name):
            raise Damaged(f"{name} tidak sesuai dengan {MANIFEST}")
    return manifest


def _check_whole(source: IO[bytes]) -> None:
    """Compare all bytes with the seal before anything inside is believed."""
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if source.read(len(GZIP)) != GZIP:
        raise Damaged("bukan cadangan CorpU, atau kepalanya rusak")
    source.seek(0)
    reader, left = _Hashing(source), size - SEAL_LENGTH
    while left > 0:
        data = reader.read(min(CHUNK, left))
        if not data:
            break
        left -= len(data)
    if left < 0 or source.read() != _seal(reader.hash.hexdigest()):
        raise Damaged("terpotong atau ada bita yang berubah")
    source.seek(0)


def _take(content: IO[bytes], path: Path | None) -> Member:
    reader = _Hashing(content)
    size = 0
    if path is None:
        while data := reader.read(CHUNK):
            size += len(data)
        return Member(size, reader.hash.hexdigest())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as file:
        path.chmod(0o600)
        while data := reader.read(CHUNK):
            size += file.write(data)
    return Member(size, reader.hash.hexdigest())
