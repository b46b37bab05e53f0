"""`/verify/bulk`: a list is checked and answered by a signed file."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from corpu import clock
from corpu.addresses import absolute
from corpu.credentials import answer_file, answers, bulk
from corpu.credentials.answers import Answer, State
from corpu.credentials.blueprint import bp
from corpu.credentials.public import Allowance, TooManyMisses, public_page
from corpu.errors import N_, DomainError
from corpu.extensions import csrf, db
from corpu.permissions import Permission
from corpu.signing.service import KeyLocked, sign
from corpu.spreadsheets import as_csv
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files
from corpu.workbooks import LARGEST, as_xlsx, read_table
from corpu.zones import local_date

SAID = {
    State.VALID: _l("Sah"),
    State.REVOKED: _l("Dicabut"),
    State.SUPERSEDED: _l("Digantikan sertifikat yang dibetulkan"),
    State.EXPIRED: _l("Masa berlakunya habis"),
    State.UNCERTAIN: _l("Tidak dapat dipastikan"),
    State.UNKNOWN: _l("Tidak dikenal"),
    State.FORGED: _l("QR diubah atau tiruan"),
    State.ELSEWHERE: _l("Dari instansi lain: tanyakan di alamatnya"),
    State.INCOMPLETE: _l("Kurang: tulis kode, atau nomor dengan nama atau NIP"),
    State.NOT_CHECKED: _l("Belum diperiksa: terlalu banyak yang tidak dikenal"),
}
HEADING = (
    "baris",
    "kode",
    "nomor",
    "nama",
    "nip",
    "keadaan",
    "arti",
    "dicabut",
    "nama_di_sertifikat",
    "nip_di_sertifikat",
    "kursus",
    "jp",
    "selesai",
    "terbit",
    "penerbit",
)


class NotSigned(DomainError):
    status = 503
    message = N_("Jawaban belum dapat ditandatangani. Coba lagi beberapa saat lagi.")


@bp.route("/verify/bulk", methods=["GET", "POST"])
@csrf.exempt  # changes nothing and asks for no session: there is nothing to forge
@takes_files(LARGEST)
@requires(Permission.PUBLIC)
def verify_bulk() -> Any:
    """The form, or the answer to it as a ZIP."""
    typed, error, field = request.form.get("listed", ""), "", ""
    if request.method == "POST":
        try:
            return _answered()
        except TooManyMisses:
            raise
        except DomainError as refusal:
            error = _(refusal.message, **refusal.params)
            field = getattr(refusal, "field", "") or "listed"
            status = refusal.status
    return public_page(
        "credentials/bulk.html",
        status if error else 200,
        typed=typed,
        error=error,
        field=field,
        most=bulk.MOST,
    )


def _answered() -> Response:
    now = clock.now()
    asked = bulk.questions(_table())
    found = Allowance().applied(
        answers.answer(db.session(), [question for _place, question in asked], at=now)
    )
    if all(one.state is State.NOT_CHECKED for one in found):
        raise TooManyMisses(retry_after=600)
    places = [place for place, _question in asked]
    rows = [_row(place, one) for place, one in zip(places, found, strict=True)]
    files = {
        answer_file.CSV: as_csv(HEADING, rows),
        answer_file.XLSX: as_xlsx(_("Jawaban"), HEADING, rows),
    }
    items = [
        {"row": place, "asked": _asked(one), **answers.as_json(one)}
        for place, one in zip(places, found, strict=True)
    ]
    content = answer_file.content_of(items, files, issuer=absolute("/"), at=now)
    try:
        with unit_of_work(db.session()) as session:  # the first signature ever makes the key
            signature = sign(session, answer_file.signed_bytes(content), at=now)
    except KeyLocked as locked:
        raise NotSigned from locked
    signed = answer_file.written(content, signature)
    data = answer_file.zipped([(answer_file.SIGNED, signed), *files.items()], now)
    response = Response(data, mimetype="application/zip")
    name = f"jawaban-pemeriksaan-{local_date(now, answers.ZONE)}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _table() -> Any:
    """What the file says, or what was pasted. Raises BadTable, NothingAsked, TooLong."""
    file = request.files.get("file")
    data = file.read() if file is not None and file.filename else b""
    return read_table(data) if data else bulk.pasted(request.form.get("listed", ""))


def _asked(one: Answer) -> dict[str, str]:
    return {key: text for key, text in vars(one.question).items() if text}


def _row(place: int, one: Answer) -> tuple[object, ...]:
    said, asked = answers.as_json(one), one.question
    certificate = said.get("certificate", {})
    keys = ("name", "nip", "course", "jp", "completed_on", "issued_on", "issuer")
    return (
        place,
        asked.code,
        asked.number or certificate.get("number", ""),
        asked.name,
        asked.nip,
        one.state.value,
        str(SAID[one.state]),
        said.get("revoked_on", ""),
        *(certificate.get(key, "") for key in keys),
    )
