"""Bytes that outlive a request, kept by their SHA-256: a folder by default.

Content addressing makes writes repeatable: putting the same bytes twice is putting
them once, and a crash between the file and the row that names it leaves at worst a
file that nothing names.
"""

import hashlib
import os
import tempfile
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
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sha256

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
