"""A PDF brought to the public page: read, answered and forgotten."""

from flask import current_app, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from corpu.credentials.blueprint import bp
from corpu.credentials.documents import fingerprint
from corpu.credentials.file_check import LARGEST_FILE, check_file
from corpu.credentials.public import public_page, verdict_page
from corpu.credentials.queries import by_file
from corpu.errors import N_, TooMany
from corpu.extensions import csrf, db
from corpu.permissions import Permission
from corpu.signing.pdf_check import trusted
from corpu.throttle import Throttle, address_key
from corpu.web import requires


class TooManyFiles(TooMany):
    message = N_(
        "Terlalu banyak berkas asing dari jaringan Anda. Tunggu sepuluh menit, lalu coba lagi. "
        "Berkas yang kami simpan dan kode tetap dapat diperiksa."
    )


@bp.post("/verify/file")
@csrf.exempt  # changes nothing and asks for no session: there is nothing to forge
@requires(Permission.PUBLIC)
def verify_file() -> AnyResponse:
    """Our kept document, signed or not, or what can be said of another PDF."""
    sent = request.files.get("file")
    data = sent.read(LARGEST_FILE + 1) if sent is not None else b""
    if not data.startswith(b"%PDF-") or len(data) > LARGEST_FILE:
        return _page(422, [gettext("Pilih sebuah PDF, paling besar 20 MB.")])
    if by_file(db.session(), fingerprint(data)) is None:
        _count_stranger()
    checked = check_file(db.session(), data, trusted(current_app.config["SETTINGS"].esign.trust))
    if checked.found is None:
        unknown = gettext(
            "Berkas ini bukan berkas yang kami simpan. Ia mungkin diubah atau disimpan ulang; "
            "periksa kode atau QR-nya."
        )
        return _page(422, [unknown, *checked.lines])
    return verdict_page(checked.found, file_said=checked.lines)


verify_file.largest_request = LARGEST_FILE + 100_000


def _count_stranger() -> None:
    """Reading a stranger's file takes a process: thirty in ten minutes from one network."""
    throttle = Throttle(current_app, "verify-file", limit=30)
    key = address_key(request.remote_addr)
    if throttle.is_blocked(key):
        raise TooManyFiles(retry_after=600)
    throttle.hit_failure(key)


def _page(status: int, lines: list[str]) -> AnyResponse:
    return public_page("credentials/verify.html", status, typed="", asked=False, file_said=lines)
