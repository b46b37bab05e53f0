"""How a form of this room becomes an act: checked, done in one unit, or shown again.

What the domain refuses stands at the field it names. A form knows which values it was
filled in upon, so that the second of two managers sees what the first has changed.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from flask import request

from corpu.errors import N_, DomainError, NotAllowed, NotFound, RuleBroken
from corpu.forms import Form, refuse
from corpu.manage.rules import Difference, differences, version_of


class Changed(RuleBroken):
    message = N_(
        "Data ini sudah diubah orang lain sejak Anda membukanya. Bandingkan keduanya, lalu simpan "
        "lagi bila isian Anda yang benar."
    )

    def __init__(self, found: tuple[Difference, ...], version: str) -> None:
        super().__init__()
        self.differences, self.version = found, version


def must_write(form: Any, now: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether anything differs from what is wanted. Raises Changed where it does, but no
    longer stands as the form had shown it; the same form sent twice writes once."""
    found = differences(now, wanted)
    if found and form.version.data != version_of(now):
        raise Changed(found, version_of(now))
    return bool(found)


class Act:
    """One attempt to carry out what a form asks.

        act = Act(form)
        if act.is_asked():
            with act, unit_of_work(db.session()) as session:
                service.…
        if act.is_done:
            return redirect(…)
        return render_template(…, act=act), act.status

    A refusal leaves nothing behind and is shown with the form; what is not to be found or
    not allowed goes on to its own page.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.status = 200
        self.is_done = False
        self.differences: tuple[Difference, ...] = ()

    def is_asked(self) -> bool:
        """Whether a form was sent and every field can be taken."""
        if request.method != "POST":
            return False
        if self.form.validate_on_submit():
            return True
        self.status = 422
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if error is None:
            self.is_done = True
            return False
        if not isinstance(error, DomainError) or isinstance(error, NotFound | NotAllowed):
            return False
        self.refuse(error)
        return True

    def refuse(self, error: DomainError) -> None:
        """Put the sentence where it belongs."""
        if isinstance(error, Changed):
            self.differences = error.differences
            self.form.version.data = error.version
        self.status = refuse(self.form, error)
