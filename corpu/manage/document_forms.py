"""What managers fill in about templates of documents."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from corpu.credentials.design_checks import LONGEST, MOST_BANDS, MOST_SIGNATORIES
from corpu.credentials.designs import (
    Band,
    Design,
    Language,
    Orientation,
    Registration,
    Signer,
    Signing,
)
from corpu.credentials.template_service import LONGEST_NAME, Unusable
from corpu.errors import DomainError
from corpu.forms import ExactField, Form, cleaned
from corpu.manage import document_words as words
from corpu.manage.acts import Act
from corpu.manage.forms import choices, one_line
from corpu.people.rules import nip_digits

WORDS = ("title", "opening", "statement", "legal_basis")
SIGNERS = tuple(range(1, MOST_SIGNATORIES + 1))
BANDS = tuple(range(1, MOST_BANDS + 1))
# The rows of the form: what each asks, and how many there are.
PARTS = {
    "signer": (("name", "nip", "post", "post_en", "rank", "place"), SIGNERS),
    "band": (("above", "qualification", "qualification_en", "rank"), BANDS),
}


def _words(label: Any, name: str, hint: Any = "") -> StringField:
    """One line whose length and letters the rules of a design judge."""
    return StringField(
        label, description=hint, filters=[cleaned], render_kw={"maxlength": LONGEST[name] * 2}
    )


def _lines(label: Any, hint: Any = "") -> TextAreaField:
    return TextAreaField(label, description=hint, filters=[cleaned], render_kw={"rows": 2})


class DesignForm(Form):
    """A template, filled in. What it may hold is for `designs.problems_of` to say."""

    form_id = HiddenField()  # the identifier that a new template will have
    seen = HiddenField()  # the version that the form was drawn from
    name = one_line(
        _l("Nama templat"),
        LONGEST_NAME,
        required=_l("Tulis nama templatnya."),
        description=_l("Hanya untuk daftar ini, misalnya Sertifikat teknis 2027."),
    )
    orientation = RadioField(_l("Kertas A4"), choices=choices(words.ORIENTATIONS.items()))
    language = RadioField(_l("Bahasa"), choices=choices(words.LANGUAGES.items()))
    title = _words(_l("Judul"), "title")
    title_en = _words(_l("Judul, Inggris"), "title_en")
    opening = _words(_l("Kata pembuka, di atas nama"), "opening")
    opening_en = _words(_l("Kata pembuka, Inggris"), "opening_en")
    statement = _words(_l("Pernyataan, di atas judul kursus"), "statement")
    statement_en = _words(_l("Pernyataan, Inggris"), "statement_en")
    legal_basis = _lines(_l("Dasar hukum"), _l("Dicetak di bawah nomor. Boleh kosong."))
    legal_basis_en = _lines(_l("Dasar hukum, Inggris"), _l("Boleh kosong."))
    logo = SelectField(_l("Logo"), validate_choice=False)
    background = SelectField(
        _l("Latar"),
        validate_choice=False,
        description=_l("Memenuhi lembar pertama dan menggantikan bingkainya."),
    )
    photo = BooleanField(
        _l("Bingkai pas foto 3 × 4 cm"),
        description=_l("Kosong, untuk ditempeli foto: kami tidak menyimpan foto pegawai."),
    )
    curriculum = BooleanField(_l("Halaman kurikulum"))
    registration = RadioField(
        _l("Kode registrasi LAN"), choices=choices(words.REGISTRATIONS.items())
    )
    signing = RadioField(_l("Siapa yang menandatangani?"), choices=choices(words.SIGNINGS.items()))

    @property
    def design(self) -> Design:
        """What was written; numbers that cannot be read are left out, and their fields say so."""
        return Design(
            **{
                name + ending: self[name + ending].data or ""
                for name in WORDS
                for ending in ("", "_en")
            },
            orientation=_one(Orientation, self.orientation.data),
            language=_one(Language, self.language.data),
            logo=self.logo.data or "",
            background=self.background.data or "",
            signing=_one(Signing, self.signing.data),
            signatories=tuple(self._signers()),
            photo=bool(self.photo.data),
            curriculum=bool(self.curriculum.data),
            bands=tuple(self._bands()),
            registration=_one(Registration, self.registration.data),
        )

    def _filled(self, row: str) -> list[int]:
        """The rows of signatories or bands with a word in any field: an empty one between two
        is none."""
        parts, rows = PARTS[row]
        return [n for n in rows if any(self._said(f"{row}_{part}_{n}") for part in parts)]

    def _said(self, name: str) -> Any:
        field = self[name]
        said = field.raw_data[0] if field.raw_data else field.data
        return cleaned(said)

    def _signers(self) -> Iterable[Signer]:
        for n in self._filled("signer"):
            said = {name: self[f"signer_{name}_{n}"].data or "" for name in PARTS["signer"][0]}
            yield Signer(**{**said, "nip": nip_digits(said["nip"]) or said["nip"]})

    def _bands(self) -> Iterable[Band]:
        for n in self._filled("band"):
            above = self[f"band_above_{n}"].data
            said = {name: self[f"band_{name}_{n}"].data or "" for name in PARTS["band"][0][1:]}
            yield Band(Decimal(-1) if above is None else above, **said)

    def place_of(self, name: str) -> str:
        """The field that a problem of a design means: `signer_post_2` is the second signatory,
        who may stand in the third row."""
        row, _, rest = name.partition("_")
        part, _, place = rest.rpartition("_")
        if row not in PARTS or not place.isdigit():
            return name
        filled = self._filled(row)
        return f"{row}_{part}_{filled[int(place) - 1]}" if int(place) <= len(filled) else name


for _n in SIGNERS:
    for _name, _label, _hint in (
        ("name", _l("Nama dengan gelar"), ""),
        ("nip", _l("NIP"), _l("Kosong bila tidak ada.")),
        ("post", _l("Jabatan"), ""),
        ("post_en", _l("Jabatan, Inggris"), ""),
        ("rank", _l("Pangkat dan golongan"), ""),
        ("place", _l("Tempat"), _l("Kosong: tempat unit penerbit.")),
    ):
        setattr(
            DesignForm,
            f"signer_{_name}_{_n}",
            StringField(_label, description=_hint, filters=[cleaned]),
        )
for _n in BANDS:
    setattr(
        DesignForm,
        f"band_above_{_n}",
        ExactField(
            _l("Nilai di atas"), validators=[Optional()], render_kw={"inputmode": "decimal"}
        ),
    )
    for _name, _label in (
        ("qualification", _l("Predikat")),
        ("qualification_en", _l("Predikat, Inggris")),
        ("rank", _l("Peringkat")),
    ):
        setattr(DesignForm, f"band_{_name}_{_n}", StringField(_label, filters=[cleaned]))


def form_data(design: Design) -> dict[str, Any]:
    """A design as the form shows it."""
    plain: dict[str, Any] = {
        name: value
        for name, value in design.to_dict().items()
        if name not in ("signatories", "bands")
    }
    for n, signer in enumerate(design.signatories, 1):
        plain |= {f"signer_{name}_{n}": value for name, value in vars(signer).items()}
    for n, band in enumerate(design.bands, 1):
        plain |= {f"band_{name}_{n}": value for name, value in vars(band).items()}
    return plain


def _one(kind: Any, text: str | None) -> Any:
    """A choice of an enum; what is none of them is the first, and its field says so."""
    return kind(text) if text in set(kind) else next(iter(kind))


class DesignAct(Act):
    """An act on a template, whose refusal may name several fields at once."""

    form: Any

    def refuse(self, error: DomainError) -> None:
        """Put each sentence at its field."""
        if not isinstance(error, Unusable):
            super().refuse(error)
            return
        self.status = error.status
        for name, sentence in error.problems:
            name = self.form.place_of(name)
            if name in self.form:
                field = self.form[name]
                field.errors = [*field.errors, str(sentence)]
            else:
                self.form.form_errors.append(str(sentence))


class KindForm(Form):
    """What holds for one kind of document."""

    template = SelectField(
        _l("Templat yang biasa"),
        description=_l("Dipakai semua kursus yang tidak mempunyai templat sendiri."),
        validate_choice=False,
    )
    number_template = StringField(
        _l("Pola nomor jenis ini"),
        description=_l("Kosong: pola unit penerbit. Misalnya STTP-{seq:5}/{unit}/{tahun}."),
        filters=[cleaned],
        render_kw={"class": "mono", "maxlength": 200},
    )
    allow_unsigned = BooleanField(
        _l("Boleh terbit tanpa tanda tangan"),
        description=_l("Dokumennya lalu menyatakan terbit secara elektronik tanpa tanda tangan."),
    )


class CourseForm(Form):
    """A course that takes a template of its own, or no longer does."""

    course = SelectField(
        _l("Kursus"), validate_choice=False, validators=[DataRequired(_l("Pilih kursusnya."))]
    )


class PictureForm(Form):
    """A logo or a background."""

    file = FileField(
        _l("Berkas gambar"),
        description=_l("PNG, JPEG, atau WebP, paling besar 5 MB. Kami menyimpan salinan baru."),
        validators=[InputRequired(_l("Pilih berkas gambar dahulu."))],
    )
    name = one_line(_l("Nama gambar"), 120, description=_l("Misalnya Lambang provinsi."))
