"""Bytes that outlive a request, kept by their SHA-256: a folder by default.

Content addressing makes writes repeatable: putting the same bytes twice is putting
them once, and a crash between the file and the row that names it leaves at worst a
file that nothing names.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


class Missing(Exception):
    """No such bytes here, or they are not what their name says."""


class FolderStorage:
    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise Missing(sha256)
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep the bytes, on disk before this returns; answers their SHA-256 in hex."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return sha256

    def put_stream(self, pieces: Iterator[bytes]) -> tuple[str, int]:
        """The same for bytes that come one piece after the other: never held together, and there
        once the last is on disk. Answers SHA-256 and size."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.root)
        digest, size = hashlib.sha256(), 0
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
            target = self.path(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return digest.hexdigest(), size

    def get(self, sha256: str) -> bytes:
        """The bytes, checked against their name. Raises Missing."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise Missing(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Missing(f"{sha256} is damaged")
        return data

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()


def _sync_folder(folder: Path) -> None:
    """Have the name of a file on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
