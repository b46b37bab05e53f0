"""What can only be seen when a course stands whole."""

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

from corpu.content.certain import certain_points
from corpu.content.headers import CourseHeader
from corpu.content.model import Course, Page, Quiz
from corpu.content.problems import Problems, meant

ENOUGH_POINTS = 3
"""A piece of evidence below this many points is recorded but not counted (competency score)."""
MINUTES_PER_JP = 45


def check_course(course: Course, header: CourseHeader, problems: Problems) -> None:
    """Completion, mapping of competencies, hours against minutes, rules of quizzes."""
    _check_completion(course, header, problems)
    minutes = sum(page.minutes for page in course.pages)
    wanted = course.jp * MINUTES_PER_JP
    if course.pages and wanted > 2 * minutes:
        problems.add(
            "jp-too-long",
            "course.md",
            header.lines.get("jp", 1),
            jp=f"{course.jp.normalize():f}".replace(".", ","),
            wanted=f"{wanted.normalize():f}".replace(".", ","),
            minutes=minutes,
        )
    for page in course.everything:
        if page.quiz:
            _check_quiz(page, page.quiz, course, header, problems)
    if course.diagnostic and course.diagnostic.page.quiz:
        _check_diagnostic(course.diagnostic.page, course.diagnostic.page.quiz, course, problems)


def _check_completion(course: Course, header: CourseHeader, problems: Problems) -> None:
    pages = {page.id for page in course.pages}
    quizzes = {page.id for page in course.pages if page.quiz}
    for page_id, line in header.completion_pages or ():
        if page_id not in pages:
            hint = meant(_near(page_id, pages))
            problems.add("completion-unknown-page", "course.md", line, id=page_id, hint=hint)
    for quiz_id, (_, line) in header.completion_pass.items():
        if quiz_id not in quizzes:
            hint = meant(_near(quiz_id, quizzes))
            problems.add("completion-unknown-quiz", "course.md", line, id=quiz_id, hint=hint)


def _near(wanted: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(wanted, sorted(known), n=1, cutoff=0.5)), None)


def _check_diagnostic(page: Page, quiz: Quiz, course: Course, problems: Problems) -> None:
    """Each question speaks for one module that can be proven, and is graded by the machine."""
    modules = {module.slug: module for module in course.modules}
    final = course.final_tests
    provable = [
        slug for slug, module in modules.items() if any(one.id not in final for one in module.pages)
    ]
    points = dict.fromkeys(provable, Decimal())
    for question in quiz.questions:
        module = question.module
        if question.type == "essay":
            problems.add("diagnostic-essay", page.path, question.line)
        if module is None:
            example = next(iter(provable), "…")
            problems.add("diagnostic-module-missing", page.path, question.line, example=example)
        elif module not in modules:
            problems.add(
                "diagnostic-module-unknown",
                page.path,
                question.line,
                module=module,
                hint=meant(_near(module, modules)),
                known=", ".join(provable),
            )
        elif module not in points:
            problems.add("diagnostic-module-final", page.path, question.line, module=module)
        else:
            points[module] += question.points
    for slug, most in points.items():
        if not most:
            problems.add("diagnostic-module-open", page.path, module=modules[slug].title)
        elif most < ENOUGH_POINTS:
            shown = f"{most.normalize():f}".replace(".", ",")
            problems.add("diagnostic-thin", page.path, module=modules[slug].title, points=shown)
    if quiz.time_limit is None:
        problems.add("diagnostic-without-limit", page.path)


def _check_quiz(
    page: Page, quiz: Quiz, course: Course, header: CourseHeader, problems: Problems
) -> None:
    if quiz.review == "after-attempt" and quiz.attempts != 1 and quiz.draw is None:
        problems.add("review-early", page.path)
    mark = course.completion_pass.get(page.id)
    if mark is not None and mark != quiz.pass_mark:
        problems.add(
            "pass-differs",
            "course.md",
            header.completion_pass[page.id][1],
            course=f"{mark.normalize():f}",
            quiz=f"{quiz.pass_mark.normalize():f}",
        )
    for (code, level), points in sorted(certain_points(quiz).items()):
        if points < ENOUGH_POINTS:
            shown = f"{points.normalize():f}".replace(".", ",")
            problems.add("thin-map", page.path, code=code, level=level, points=shown)
