"""A small workbook as a spreadsheet program would save it."""

import io
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(rows, *, extra=None):
    """The bytes of an XLSX: text as shared strings, numbers as numbers, None left out."""
    strings, lines = [], []
    for number, row in enumerate(rows, start=1):
        cells = ""
        for place, value in enumerate(row):
            name = f"{chr(65 + place)}{number}"
            if value is None:
                continue
            if isinstance(value, int | float):
                cells += f'<c r="{name}"><v>{value}</v></c>'
            else:
                cells += f'<c r="{name}" t="s"><v>{len(strings)}</v></c>'
                strings.append(f"<si><t>{escape(value)}</t></si>")
        lines.append(f'<row r="{number}">{cells}</row>')
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(strings)}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}'
        "</sheetData></worksheet>",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in (parts | (extra or {})).items():
            book.writestr(name, text)
    return data.getvalue()
