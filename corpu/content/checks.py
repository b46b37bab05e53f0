"""What can only be seen when a course stands whole."""

from collections.abc import Iterable
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
    for page in course.pages:
        if page.quiz:
            _check_quiz(page, page.quiz, course, header, problems)


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
