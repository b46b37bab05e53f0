"""Files as people send them."""

import io
import zipfile

from openpyxl import Workbook


def workbook(rows):
    """The bytes of an XLSX as a spreadsheet program saves it: numbers as numbers, days as days."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


STRINGS = (  # how a workbook says that its words stand in a part of their own
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def with_parts(data, **parts):
    """The same file with other or further parts, named without their folder and ending."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", 8) as new:
        places = {name.rsplit("/", 1)[-1].removesuffix(".xml"): name for name in old.namelist()}
        for name in old.namelist():
            if name not in (places.get(part) for part in parts):
                new.writestr(name, old.read(name).replace(b"</Types>", STRINGS.encode()))
        for part, text in parts.items():
            new.writestr(places.get(part, f"xl/{part}.xml"), text)
    return made.getvalue()
