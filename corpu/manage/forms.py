"""What managers fill in. Each form says why, and knows what it was filled in upon."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from corpu.forms import DAYS, Form, believable, cleaned
from corpu.manage import words
from corpu.permissions import Role

LONGEST_REASON = 500


def one_line(label: Any, longest: int, *, required: Any = None, **more: Any) -> StringField:
    """A field of one line; `required` is the sentence for an empty one."""
    first = DataRequired(required) if required else Optional()
    too_long = _l("Tulis paling banyak %(most)s huruf.", most=longest)
    return StringField(
        label, filters=[cleaned], validators=[first, Length(max=longest, message=too_long)], **more
    )


def reason_field(hint: Any = None) -> TextAreaField:
    """Why: kept in the audit."""
    return TextAreaField(
        _l("Alasan atau dasar"),
        description=hint or _l("Tersimpan di jejak audit. Misalnya nomor surat atau SK."),
        filters=[cleaned],
        validators=[
            DataRequired(_l("Tulis alasan atau dasarnya.")),
            Length(min=3, message=_l("Tulis alasannya paling sedikit 3 huruf.")),
            Length(max=LONGEST_REASON, message=_l("Tulis alasannya paling banyak 500 huruf.")),
        ],
        render_kw={"rows": 2},
    )


def day_field(label: Any, required: Any, hint: Any = "") -> DateField:
    """A day, as a browser writes it or as people do."""
    return DateField(
        label,
        format=DAYS,
        description=hint,
        validators=[InputRequired(required), believable],
    )


def choices(rows: Any) -> list[SelectChoice]:
    """(value, label) pairs for a select."""
    return [SelectChoice(value, label) for value, label in rows]


class DecideForm(Form):
    """Verify or refuse. `seen` is how many decisions there were when the page was drawn."""

    seen = HiddenField()
    decision = HiddenField()
    reason = TextAreaField(
        _l("Alasan"),
        description=_l(
            "Perlu bila menolak, membetulkan keputusan, atau memverifikasi yang mungkin sudah "
            "dihitung. Orangnya membaca ini."
        ),
        filters=[cleaned],
        validators=[
            Optional(),
            Length(max=LONGEST_REASON, message=_l("Tulis alasannya paling banyak 500 huruf.")),
        ],
        render_kw={"rows": 3},
    )


class ReasonForm(Form):
    """An act that needs nothing but why."""

    version = HiddenField()
    reason = reason_field()


class NameFields(Form):
    """Who somebody is."""

    title_before = one_line(
        _l("Gelar di depan"), 60, description=_l("Misalnya Dr. atau Ir."), render_kw={"size": 12}
    )
    name = one_line(
        _l("Nama"), 160, required=_l("Tulis nama orangnya."), description=_l("Tanpa gelar.")
    )
    title_after = one_line(
        _l("Gelar di belakang"), 120, description=_l("Dipisah koma. Misalnya S.Sos., M.Si.")
    )
    nip = one_line(
        _l("NIP atau NI PPPK"),
        40,
        description=_l("18 angka, boleh berspasi. Dipakai untuk masuk."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    email = EmailField(
        _l("Surel kedinasan"),
        filters=[cleaned],
        validators=[Optional(), Length(max=254, message=_l("Surel ini terlalu panjang."))],
        render_kw={"autocomplete": "off"},
    )


class CorrectForm(NameFields):
    version = HiddenField()
    reason = reason_field()


class PersonPicker(Form):
    """Somebody, named by NIP, e-mail or name; several of that name are offered to choose from."""

    person = StringField(
        _l("Pegawai"),
        description=_l("NIP, surel, atau sebagian namanya."),
        filters=[cleaned],
        validators=[Length(max=160, message=_l("Tulis paling banyak 160 huruf."))],
    )
    chosen = RadioField(
        _l("Siapa yang dimaksud?"), choices=[], validate_choice=False, validators=[Optional()]
    )
    searched = HiddenField()


class PostFields(Form):
    """A post in a unit."""

    unit = SelectField(_l("Unit"), validators=[DataRequired(_l("Pilih unit."))])
    title = one_line(
        _l("Nama jabatan"),
        200,
        required=_l("Tulis nama jabatannya."),
        description=_l("Misalnya Pengawas Perikanan Ahli Muda."),
    )
    post_type = SelectField(
        _l("Jenis jabatan"),
        description=_l("Menentukan level kompetensi yang disyaratkan."),
        validators=[DataRequired(_l("Pilih jenis jabatan."))],
    )
    grade = one_line(_l("Golongan"), 10, description=_l("Misalnya III/d, atau IX untuk PPPK."))
    started_on = day_field(_l("Mulai"), _l("Tulis hari pertama jabatan ini."))


class PostForm(PostFields):
    version = HiddenField()
    reason = reason_field()


class SupervisorForm(PersonPicker):
    person = one_line(
        _l("Atasan baru"),
        160,
        required=_l("Tulis NIP, surel, atau nama atasannya."),
        description=_l("NIP, surel, atau sebagian namanya."),
    )
    started_on = day_field(_l("Mulai"), _l("Tulis hari pertama hubungan ini."))
    version = HiddenField()
    reason = reason_field()


class ActingForm(PersonPicker):
    """A post held for a time beside one's own."""

    kind = RadioField(
        _l("Jenis penugasan"), validators=[InputRequired(_l("Pilih jenis penugasannya."))]
    )
    title = one_line(
        _l("Nama jabatan"),
        200,
        required=_l("Tulis nama jabatannya."),
        description=_l("Tanpa Plt., Plh., atau Pj. Misalnya Kepala Bidang Sumber Daya Air."),
    )
    unit = SelectField(_l("Unit"), validators=[DataRequired(_l("Pilih unit."))])
    started_on = day_field(_l("Mulai"), _l("Tulis hari pertama jabatan ini."))
    ended_on = day_field(
        _l("Hari terakhir"), _l("Tulis hari terakhirnya."), _l("Paling lama setahun.")
    )
    person = one_line(
        _l("Memimpin bawahan siapa?"),
        160,
        description=_l(
            "NIP, surel, atau nama atasan yang jabatannya diisi. Selama masanya bawahannya juga "
            "menjawab kepada orang ini. Kosongkan bila tidak ada."
        ),
    )
    reason = reason_field()


class EndForm(Form):
    """The last day of a relation or a role."""

    ended_on = day_field(
        _l("Hari terakhir"), _l("Tulis hari terakhirnya."), _l("Hari ini masih termasuk.")
    )
    version = HiddenField()
    reason = reason_field()


class RoleForm(Form):
    role = RadioField(
        _l("Peran"),
        choices=choices(
            (role.value, words.ROLES[role]) for role in (Role.INSTRUCTOR, Role.MANAGER)
        ),
        validators=[InputRequired(_l("Pilih perannya."))],
    )
    unit = SelectField(
        _l("Berlaku untuk"),
        description=_l("Unit yang dipilih beserta semua unit di bawahnya."),
        validators=[DataRequired(_l("Pilih jangkauannya."))],
    )
    started_on = day_field(_l("Mulai"), _l("Tulis hari pertama peran ini."))
    reason = reason_field()


class NewPersonForm(NameFields, PostFields, PersonPicker):
    person = one_line(
        _l("Atasan langsung"), 160, description=_l("NIP, surel, atau sebagian namanya.")
    )
    form_id = HiddenField()  # the identifier that the new person will have
    role = RadioField(
        _l("Peran tambahan"),
        description=_l("Setiap pegawai adalah peserta; atasan mengikuti hubungan atasan."),
        choices=choices(
            [
                ("", _l("Tidak ada")),
                (Role.INSTRUCTOR.value, words.ROLES[Role.INSTRUCTOR]),
                (Role.MANAGER.value, words.ROLES[Role.MANAGER]),
            ]
        ),
        default="",
        validators=[Optional()],
    )
    role_unit = SelectField(
        _l("Peran itu berlaku untuk"),
        description=_l("Unit yang dipilih beserta semua unit di bawahnya."),
        validate_choice=False,
    )
    reason = reason_field()


class UnitForm(Form):
    code = one_line(
        _l("Kode"),
        40,
        required=_l("Tulis kode unit."),
        description=_l("Singkat dan tetap, misalnya DINKES."),
    )
    name = one_line(_l("Nama unit"), 200, required=_l("Tulis nama unit."))
    parent = SelectField(_l("Unit di atasnya"), validators=[Optional()])
    timezone = SelectField(
        _l("Zona waktu"),
        description=_l("Menentukan tahun jam pelajaran pegawainya."),
        choices=choices(words.ZONES.items()),
        validators=[DataRequired(_l("Pilih zona waktu."))],
    )
    version = HiddenField()
    reason = reason_field()


class IssuerForm(Form):
    signatory_name = one_line(
        _l("Nama penanda tangan"), 200, description=_l("Dengan gelar, seperti pada dokumen.")
    )
    signatory_nip = one_line(
        _l("NIP penanda tangan"), 40, render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )
    signatory_post = one_line(_l("Jabatan penanda tangan"), 200)
    signatory_rank = one_line(
        _l("Pangkat penanda tangan"), 100, description=_l("Misalnya Pembina Utama Muda.")
    )
    place = one_line(_l("Tempat penandatanganan"), 100, description=_l("Misalnya Surabaya."))
    number_template = one_line(
        _l("Pola nomor"),
        200,
        required=_l("Tulis pola nomor, misalnya {seq:5}/{unit}/{bulan_romawi}/{tahun}."),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )
    classification = one_line(
        _l("Kode klasifikasi arsip"), 40, description=_l("Isi tanda {klasifikasi}, misalnya 800.2.")
    )
    unit_token = one_line(
        _l("Singkatan unit"), 40, description=_l("Isi tanda {unit}, misalnya BPSDM.")
    )
    version = HiddenField()
    reason = reason_field()


class TimeForm(PersonPicker):
    form_id = HiddenField()  # the identifier that the grant will have
    quiz = SelectField(_l("Kuis"), validators=[DataRequired(_l("Pilih kuisnya."))])
    who = RadioField(
        _l("Untuk siapa?"),
        choices=choices([("one", _l("Satu pegawai")), ("all", _l("Semua peserta kuis ini"))]),
        default="one",
        validators=[InputRequired(_l("Pilih untuk siapa."))],
    )
    minutes = IntegerField(
        _l("Tambahan waktu, menit"),
        validators=[
            InputRequired(_l("Tulis tambahan waktu dalam menit.")),
            NumberRange(1, 1440, message=_l("Tulis tambahan waktu dalam menit, 1 sampai 1440.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": 1440},
    )
    reason = reason_field()

    def validate_person(self, field: Any) -> None:
        """Somebody must be named where it is for one person."""
        if self.who.data == "one" and not field.data:
            raise ValidationError(_l("Tulis NIP, surel, atau nama pegawainya."))
