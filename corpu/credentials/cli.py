"""`flask certificates issue · verify · revoke` and `flask log verify`, at the console."""

from collections import Counter
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select

from corpu import clock
from corpu.credentials import answer_file, findings, log_check, proposals, queries, service
from corpu.credentials.badges import words as badge_words
from corpu.credentials.badges.checking import looks_like_one
from corpu.credentials.badges.verdicts import Record, judge
from corpu.credentials.checking import Checked, check
from corpu.credentials.file_check import LARGEST_FILE, check_file
from corpu.credentials.life import LAST_ZONE, RevocationClass
from corpu.credentials.life_words import CLASSES
from corpu.credentials.models import Certificate
from corpu.credentials.offline import known_keys
from corpu.credentials.payload import agrees, content_of
from corpu.credentials.pdf_links import links
from corpu.credentials.rules import date_id, format_code, format_jp
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.people.records import CONSOLE
from corpu.signing import heads
from corpu.signing.cli import log_group
from corpu.signing.pdf_check import trusted
from corpu.signing.queries import key_of
from corpu.signing.rules import Verdict
from corpu.transactions import unit_of_work
from corpu.zones import local_date

ANSWER_FAULTS = {
    Verdict.UNKNOWN_KEY: "kunci penanda tangannya tidak dipercaya di sini.",
    Verdict.WRONG: "isinya diubah sesudah ditandatangani.",
    Verdict.COMPROMISED: "ditandatangani sesudah kuncinya bocor.",
    Verdict.RETIRED: "ditandatangani sesudah kuncinya diganti.",
    Verdict.NOT_YET: "ditandatangani sebelum kuncinya ada.",
}
SHOWN = 20  # problems of the log printed one by one

certificates_group = AppGroup("certificates", help="Sertifikat: terbitkan, periksa, cabut.")


@certificates_group.command("issue")
def issue_command() -> None:
    """Terbitkan yang menunggu, bila penyebabnya sudah dibereskan."""
    began, issued, more = clock.now(), 0, True
    while more:
        with unit_of_work(db.session()) as session:
            done = service.retry_pending(session, clock.now(), tried_before=began)
        issued, more = issued + done.issued, done.more
    waiting = queries.waiting(db.session())
    click.echo(f"{issued} sertifikat terbit, {len(waiting)} masih menunggu.")
    with current_app.test_request_context():
        for one in waiting:
            click.echo(f"- {one.person_name}, {one.course_title}: {one.why} {one.who_acts}")


@certificates_group.command("verify")
@click.argument("code_or_file", metavar="KODE|BERKAS")
def verify_command(code_or_file: str) -> None:
    """Periksa kode, PDF byte demi byte, kredensial digital, teks berisi isi QR, atau berkas
    jawaban dari /verify/bulk. Keluar 0 hanya bila sah."""
    path = Path(code_or_file)
    if not (code_or_file.lower().endswith(".pdf") or path.is_file()):
        found = queries.by_code(db.session(), code_or_file)
        if found is None:
            _stop("TIDAK DIKENAL: kode ini tidak ada dalam catatan kami.")
        _tell(found)
        return
    data = _read(path)
    if answer_file.looks_like_one(data):
        _tell_answer(data)
        return
    if not data.startswith(b"%PDF-"):
        _verify_text(data)
        return
    with current_app.test_request_context():
        checked = check_file(
            db.session(), data, trusted(current_app.config["SETTINGS"].esign.trust)
        )
        for line in checked.lines:
            click.echo(line)
    if checked.found is None:
        _tell_other_pdf(data)
    else:
        _tell(checked.found)


def _tell(found: queries.Shown) -> None:
    """What our record says. Ends with an error for all that is not valid."""
    content = found.content
    if not found.is_intact:
        _stop(f"TIDAK DAPAT DIPASTIKAN: catatan {content.number} tidak sama dengan sidiknya.")
    if found.revoked_at is not None:
        day = date_id(local_date(found.revoked_at, LAST_ZONE))
        assert found.revocation_class is not None
        why = CLASSES[found.revocation_class]
        _stop(f"DICABUT sejak {day}: {content.number}. Golongan alasan: {why}.")
    if found.superseded_at is not None:
        day, new = date_id(local_date(found.superseded_at, LAST_ZONE)), found.successor
        assert new is not None
        _stop(
            f"DIGANTIKAN sejak {day}: {content.number} dibetulkan menjadi {new.number}, kode "
            f"{format_code(new.code)}."
        )
    if found.valid_until is not None and local_date(clock.now(), LAST_ZONE) > found.valid_until:
        _stop(f"HABIS BERLAKU: {content.number} berlaku sampai {date_id(found.valid_until)}.")
    click.echo("CONTOH dari peragaan, bukan bukti." if content.demo else "SAH")
    click.echo(f"{content.title} {content.number}, kode {format_code(content.code)}")
    click.echo(f"{content.name}, {content.course_title}, {format_jp(content.jp)} JP")
    click.echo(f"{content.issuer}, {content.place}, {date_id(content.issued_on)}")
    if found.valid_until is not None:
        click.echo(f"Berlaku sampai {date_id(found.valid_until)}")


def _verify_text(data: bytes) -> None:
    """A file with what a QR holds: by its signature, then by our record if it is ours."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _stop("TIDAK TERBACA: berkas ini bukan PDF dan bukan teks berisi isi QR.")
    if looks_like_one(text):
        _verify_credential(text)
        return
    checked = _judged(text)
    if not checked.holds:
        _stop(_sentence(checked))
    assert checked.sealed is not None
    found = queries.by_code(db.session(), checked.sealed.code)
    if key_of(db.session(), checked.sealed.kid) is None:
        _tell_payload(checked)
        click.echo("Dari instansi lain: tanyakan di alamatnya apakah sertifikat ini dicabut.")
    elif found is None:
        _stop("TIDAK DIKENAL: tanda tangannya berlaku, tetapi kodenya tidak ada pada kami.")
    elif not agrees(checked.sealed.content, content_of(found.content)):
        _stop("TIDAK DAPAT DIPASTIKAN: catatan kami berbeda dari isi QR ini.")
    else:
        _tell(found)


def _tell_answer(data: bytes) -> None:
    """The file that answered a list, also as the ZIP with its tables."""
    try:
        found = answer_file.check(data, known_keys(db.session()))
    except answer_file.BadAnswer:
        _stop("TIDAK TERBACA: berkas jawaban ini tidak utuh.")
    if found.verdict is not Verdict.VALID:
        _stop(f"TIDAK SAH: {ANSWER_FAULTS[found.verdict]} (kunci {found.kid})")
    if found.altered:
        _stop(f"BERUBAH: {', '.join(found.altered)} bukan tabel yang ditandatangani.")
    items = found.content["items"]
    counts = Counter(str(item["state"]) for item in items)
    click.echo(f"TANDA TANGAN BERLAKU, kunci {found.kid}")
    click.echo(f"Dijawab {found.content['issuer']} pada {found.content['at']}")
    told = ", ".join(f"{state} {count}" for state, count in sorted(counts.items()))
    click.echo(f"{len(items)} sertifikat: {told}")


def _verify_credential(text: str) -> None:
    """A digital credential: by its signature, then by our record if it is ours."""
    judged = judge(db.session(), text, at=clock.now())
    finding, claims = judged.checked.finding, judged.checked.claims
    if not judged.checked.holds or claims is None:
        _stop(f"TIDAK SAH: {badge_words.TITLES[finding]}. {badge_words.TEXTS[finding]}")
    if judged.found is not None and judged.record is not Record.DIFFERS:
        _tell(judged.found)
        return
    sentence = badge_words.ASKED[judged.record or Record.UNKNOWN]
    if not judged.holds:
        _stop(f"TIDAK DAPAT DIPASTIKAN: {sentence}")
    assert judged.checked.key is not None
    click.echo(
        "CONTOH dari peragaan, bukan bukti." if claims.is_example else "TANDA TANGAN BERLAKU"
    )
    click.echo(f"{claims.title} {claims.number}, kode {claims.code}")
    click.echo(f"{claims.course_title}, {format_jp(claims.jp)} JP")
    click.echo(f"{claims.issuer}, {date_id(claims.issued_on)}")
    click.echo(f"Kunci {judged.checked.kid} dari {judged.checked.key.owner}")
    click.echo(str(sentence))


def _tell_other_pdf(data: bytes) -> NoReturn:
    """A PDF that is not one of our kept files: never valid, but its QR may say what it was."""
    for link in links(data):
        checked = _judged(link)
        if checked.sealed is None:
            continue
        if checked.holds:
            _tell_payload(checked)
            _stop(
                "BERUBAH: isi di atas ditulis penerbit, tetapi berkas ini bukan byte yang kami "
                "simpan. Bandingkan dengan yang tercetak, dan periksa kodenya."
            )
        _stop(f"TIDAK DIKENAL: berkas ini bukan berkas yang kami simpan. {_sentence(checked)}")
    _stop(
        "TIDAK DIKENAL: berkas ini bukan berkas yang kami simpan. Ia mungkin diubah atau "
        "disimpan ulang; periksa kodenya."
    )


def _judged(text: str) -> Checked:
    return check(text, known_keys(db.session()), today=clock.now().date())


def _sentence(checked: Checked) -> str:
    finding = checked.finding
    return f"TIDAK SAH: {findings.TITLES[finding]}. {findings.TEXTS[finding]}"


def _tell_payload(checked: Checked) -> None:
    assert checked.sealed is not None
    assert checked.key is not None
    content = checked.sealed.content
    click.echo("CONTOH dari peragaan, bukan bukti." if content.demo else "TANDA TANGAN BERLAKU")
    click.echo(f"{content.title or 'Dokumen'} {content.number}, kode {checked.sealed.code}")
    click.echo(f"{content.name}, {content.course_title}, {format_jp(content.jp)} JP")
    click.echo(f"{content.issuer}, {date_id(content.issued_on)}")
    click.echo(f"Kunci {checked.key.kid} dari {checked.key.owner}")
    if content.cut:
        click.echo("Sebagian tulisannya dipotong agar muat dalam QR.")


@certificates_group.command("revoke")
@click.argument("number", metavar="NOMOR")
@click.option("--reason", required=True, help="Alasannya; hanya untuk pemilik dan pengelola.")
@click.option(
    "--class",
    "revocation_class",
    required=True,
    type=click.Choice([one.value for one in RevocationClass]),
    help="Golongan alasannya; tampil di halaman pemeriksaan.",
)
def revoke_command(number: str, reason: str, revocation_class: str) -> None:
    """Cabut sertifikat dengan nomor ini, untuk seterusnya.

    Bila penerbitnya meminta persetujuan orang kedua, yang terjadi hanya permintaan.
    """
    try:
        with unit_of_work(db.session()) as session:
            found = session.scalar(select(Certificate.id).filter_by(number=number.strip()))
            if found is None:
                _stop(f"Tidak ada sertifikat dengan nomor {number}.")
            done = proposals.ask_revocation(
                session,
                found,
                by=None,
                by_name=CONSOLE,
                reason=reason,
                revocation_class=revocation_class,
                at=clock.now(),
            )
            is_done = isinstance(done, Certificate)
    except DomainError as refusal:
        _stop(gettext(refusal.message, **refusal.params))
    if is_done:
        click.echo(f"Dicabut: {number.strip()}.")
    else:
        click.echo(f"Menunggu persetujuan seorang pengelola: {number.strip()}.")


@log_group.command("verify")
@click.option(
    "--from",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kepala catatan yang disimpan dahulu (/.well-known/corpu-log.json).",
)
def verify_log_command(saved: Path | None) -> None:
    """Hitung ulang seluruh catatan, bandingkan dengan sertifikat dan dengan kepala yang lama.

    Keluar 0 hanya bila semuanya cocok.
    """
    head = None
    if saved is not None:
        try:
            with saved.open("rb") as file:
                head = heads.read_head(file.read(heads.LARGEST_FILE))
        except (heads.BadHead, OSError):
            _stop(f"{saved} bukan kepala catatan yang dapat dibaca.")
    done = log_check.check(db.session(), head)
    for problem in done.problems[:SHOWN]:
        click.echo(gettext(problem.message, **problem.params), err=True)
    if done.problems:
        _stop(f"{len(done.problems)} hal tidak cocok dalam {done.entries} catatan.")
    click.echo(f"{done.entries} catatan utuh, {done.certificates} sertifikat cocok.")
    if head is not None:
        click.echo(f"Masih menyambung pada kepala nomor {head.position}.")
    if done.waiting:
        click.echo(f"{done.waiting} kejadian menunggu dicatat oleh pekerja latar.")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            _stop(f"{path} terlalu besar untuk sebuah sertifikat.")
        return path.read_bytes()
    except OSError as error:
        _stop(f"{path} tidak terbaca: {error.strerror}.")


def _stop(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)
