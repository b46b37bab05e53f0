"""Tables that are sent and fetched: what was read travels with the page until it is confirmed."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, request

from corpu.errors import N_, NotFound
from corpu.spreadsheets import as_csv
from corpu.workbooks import XLSX, BadTable, Table, as_xlsx, read_table

MOST_CARRIED = 8 * 1024 * 1024  # bytes of a table once unpacked


class NoFile(BadTable):
    message = N_("Pilih berkas CSV atau XLSX dahulu.")


class TornTable(BadTable):
    message = N_("Isi tabel yang diperiksa tidak utuh lagi. Kirim berkasnya sekali lagi.")


def sent_table() -> Table:
    """The table in the file of this request. Raises NoFile, BadTable."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise NoFile
    return read_table(file.read())


def packed(table: Table) -> str:
    """A table as one hidden value."""
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def unpacked(text: str) -> Table:
    """The table again, checked as strictly as a file: it was with a stranger. Raises TornTable."""
    try:
        unzip = zlib.decompressobj()
        data = unzip.decompress(base64.b64decode(text, validate=True), MOST_CARRIED)
        if unzip.unconsumed_tail or not unzip.eof:
            raise TornTable
        table = json.loads(data)
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        raise TornTable from None
    if not isinstance(table, list) or not all(
        isinstance(row, list) and all(isinstance(one, str) for one in row) for row in table
    ):
        raise TornTable
    return table


def table_file(
    ending: str, name: str, heading: Sequence[object], rows: Iterable[Sequence[object]]
) -> Response:
    """The table as a file to keep; NotFound for an ending that we do not write."""
    content: Any
    if ending == "csv":
        content, mimetype = as_csv(heading, rows), "text/csv"
    elif ending == "xlsx":
        content, mimetype = as_xlsx(name, heading, rows), XLSX
    else:
        raise NotFound
    response = Response(content, mimetype=mimetype)
    safe = re.sub(r"[^A-Za-z0-9.-]+", "-", name)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}.{ending}"'
    return response
