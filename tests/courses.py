"""Small courses for tests, published through the real compiler and the real service."""

from corpu.catalog import service as catalog
from corpu.catalog.publishing import vocabulary_with
from corpu.content import CourseSource, compile_course
from corpu.storage import FolderStorage
from corpu.transactions import held_effects
from tests.factories import LONG_AGO, make_unit

COURSE = """---
title: {title}
summary: Kursus yang hanya ada dalam uji.
language: id
kind: teknis
jp: {jp}
sdgs: [6.1, 16]
competencies:
  - {{code: PPB, level: 2}}
order: {order}
{extra}---
Pembuka kursus.
"""

PAGE = """---
title: Halaman {id}
id: {id}
---
Teks {id} tentang pelayanan air minum.

## Bagian kedua {{#bagian-{id}}}

Lanjutannya.
{check}"""

CHECK = """
??? check "Mana yang benar?" {{#cek-{id}}}
    - [x] Pilihan kuda
        > umpan-kuda-{id}
    - [ ] Pilihan rusa
        > umpan-rusa-{id}
"""

QUIZ = """---
title: Kuis {id}
type: quiz
id: {id}
pass: 75
competency: PPB
level: 2
---

## Soal satu {{#{id}-s1 points=3}}
- [x] Kanan
- [ ] Kiri

> Penjelasan satu.

## Soal dua {{#{id}-s2}}
- [x] Atas
- [ ] Bawah

> Penjelasan dua.
"""


def course_source(
    slug="kursus-uji",
    *,
    title="Kursus Uji",
    jp=2,
    order="free",
    pages=("a", "b"),
    checked=("a",),
    quiz="kuis",
    extra="",
    **files,
):
    """Two pages, the first with a check, and a quiz; `files` adds or replaces any path."""
    tree = {"course.md": COURSE.format(title=title, jp=jp, order=order, extra=extra)}
    for number, page in enumerate(pages, start=1):
        check = CHECK.format(id=page) if page in checked else ""
        tree[f"01-modul/{number:02}-{page}.md"] = PAGE.format(id=page, check=check)
    if quiz:
        tree["02-akhir/01-kuis.md"] = QUIZ.format(id=quiz)
    tree |= files.get("files", {})
    return CourseSource(slug, {path: text.encode() for path, text in tree.items()})


def publish(session, app, source, *, at=LONG_AGO, **options):
    """Compile and publish; answers the edition."""
    compiled = compile_course(source, vocabulary_with(session))
    assert compiled.course is not None, [p.text() for p in compiled.problems]
    if "owner_unit_id" not in options:
        options["owner_unit_id"] = make_unit(session).id
    with held_effects():
        edition = catalog.publish(
            session,
            app.extensions["storage"],
            compiled.course,
            source,
            at=at,
            problems=compiled.problems,
            **options,
        )
    session.commit()
    return edition


def storage_of(app) -> FolderStorage:
    return app.extensions["storage"]
