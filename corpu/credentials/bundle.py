"""All documents of a person as one ZIP, written while it is sent: no more than one of them is
ever held in memory."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.credentials import documents
from corpu.credentials.documents import Storage
from corpu.errors import NotFound

FIRST_YEAR, LAST_YEAR = 1980, 2107  # that a ZIP can write


@dataclass(frozen=True)
class Wanted:
    """A document to be put in: what it is called there, and which it is."""

    name: str
    certificate_id: UUID
    issued_at: datetime


class _Pipe:
    """What a ZIP writes to, until somebody takes it away."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything is there already."""

    def close(self) -> None:
        """Nothing is held open."""

    def taken(self) -> bytes:
        data = b"".join(self.chunks)
        self.chunks.clear()
        return data


def zipped(
    session: Session,
    storage: Storage,
    wanted: Iterable[Wanted],
    *,
    left_out: tuple[str, str],
    missing: list[str] | None = None,
) -> Iterator[bytes]:
    """The documents byte for byte as they are kept, one after the other; those that are not
    drawn yet are drawn. Must run outside any unit of work (`documents.pdf_of`).

    What cannot be read or drawn now is named in a text file at the end: `left_out` is the name
    of that file and the sentence above the list; a list given as `missing` gets their names.
    """
    pipe, missing = _Pipe(), [] if missing is None else missing
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for one in wanted:
            try:
                data = documents.pdf_of(session, storage, one.certificate_id)
            except (documents.DrawnLater, documents.BytesLost, NotFound):
                missing.append(one.name)
                continue
            archive.writestr(_entry(one), data)
            yield pipe.taken()
        if missing:
            name, sentence = left_out
            archive.writestr(name, "\n".join([sentence, "", *missing, ""]))
    yield pipe.taken()


def _entry(one: Wanted) -> zipfile.ZipInfo:
    moment = one.issued_at.astimezone(UTC)
    year = min(max(moment.year, FIRST_YEAR), LAST_YEAR)
    return zipfile.ZipInfo(one.name, (year, *moment.timetuple()[1:6]))
