"""Small courses made of strings, for tests of the compiler."""

from corpu.content import Compiled, CourseSource, Limits, Page, Vocabulary, compile_course

VOCABULARY = Vocabulary.of(
    competencies=["PPB", "OPH", "INT"],
    goals=range(1, 18),
    targets=["6.1", "6.2", "6.b", "16.1", "16.10"],
    programmes=["NBS2-4", "NBS2-9"],
    kinds=["TEKNIS", "MOOC"],
    post_types=["PELAKSANA", "PENGAWAS", "JF_PT"],
    courses=["dasar-sdgs"],
)
HEADER = "title: Air Bersih\nsummary: Singkat.\nlanguage: id\nkind: teknis\njp: 0.02\n"
CHECK = '??? check "Target mana?" {#cek-air}\n    - [x] 6.1\n    - [ ] 7.1\n        > Itu energi.\n'
QUESTION = "## Target mana? {#q-satu}\n- [x] 6.1\n- [ ] 7.1\n"
ASKED = "## Apa itu air? {#ua-air module=air points=3}\n- [x] Zat cair\n- [ ] Gas\n"
PAGE = "01-air/01-siklus.md"
QUIZ = "01-air/02-kuis.md"


def course_file(extra: str = "", body: str = "", header: str = HEADER) -> str:
    return f"---\n{header}{extra}---\n{body}"


def page_file(body: str = "Air mengalir.\n", front: str = "title: Siklus air\nid: siklus\n") -> str:
    return f"---\n{front}---\n{body}"


def quiz_file(body: str = QUESTION, front: str = "") -> str:
    return f"---\ntitle: Kuis\nid: kuis\ntype: quiz\n{front}---\n{body}"


def diagnostic_file(body: str = ASKED, front: str = "time_limit: 10\n") -> str:
    return f"---\ntitle: Uji awal\n{front}---\n{body}"


def source(files: dict[str, str | bytes] | None = None, slug: str = "air-bersih") -> CourseSource:
    """A sound course with these files added or replaced."""
    whole: dict[str, str | bytes] = {"course.md": course_file(), PAGE: page_file()}
    whole |= files or {}
    return CourseSource(
        slug,
        {path: data if isinstance(data, bytes) else data.encode() for path, data in whole.items()},
    )


def compiled(
    files: dict[str, str | bytes] | None = None,
    *,
    slug: str = "air-bersih",
    limits: Limits | None = None,
) -> Compiled:
    return compile_course(source(files, slug), VOCABULARY, limits=limits)


def found(files: dict[str, str | bytes] | None = None, **options) -> list[tuple[str, str, int]]:
    """(code, path, line) of each problem."""
    return [(p.code, p.path, p.line) for p in compiled(files, **options).problems]


def codes(files: dict[str, str | bytes] | None = None, **options) -> set[str]:
    return {code for code, _, _ in found(files, **options)}


def page(body: str, files: dict[str, str | bytes] | None = None) -> Page:
    """The compiled page with this body; fails with the problems where it does not compile."""
    done = compiled({PAGE: page_file(body), **(files or {})})
    assert done.course is not None, [(p.line, p.code, p.text()) for p in done.problems]
    return done.course.pages[0]


def html(body: str, files: dict[str, str | bytes] | None = None) -> str:
    return "".join(part.html for part in page(body, files).segments if hasattr(part, "html"))


def page_codes(body: str, files: dict[str, str | bytes] | None = None) -> set[str]:
    return codes({PAGE: page_file(body), **(files or {})})


def page_problems(body: str) -> list[tuple[str, int]]:
    """(code, line within the body) of each problem of a page with this body."""
    return [
        (code, line - 4)
        for code, path, line in found({PAGE: page_file(body)})
        if path == PAGE and line > 4
    ]


def quiz(body: str, front: str = ""):
    """The compiled quiz with this body; fails with the problems where it does not compile."""
    done = compiled({QUIZ: quiz_file(body, front)})
    assert done.course is not None, [(p.line, p.code, p.text()) for p in done.problems]
    return done.course.pages[1].quiz


def question(body: str):
    return quiz(body).questions[0]


def quiz_codes(body: str, front: str = "") -> set[str]:
    return codes({QUIZ: quiz_file(body, front)})
