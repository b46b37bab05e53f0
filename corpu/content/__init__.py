"""Courses as text: a folder of Markdown goes in, a checked course and its problems come out.

Pure: no database, no clock, no web. `docs/penulis.md` is the handbook for authors.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpu.content.compile import RENDERER_VERSION, compile_course
    from corpu.content.courses import check_courses
    from corpu.content.ids import ids_lost, write_ids
    from corpu.content.limits import Limits
    from corpu.content.model import (
        DIAGNOSTIC,
        Check,
        CheckRef,
        Choice,
        Compiled,
        Course,
        Criterion,
        Diagnostic,
        Html,
        MediaFile,
        Module,
        Page,
        Question,
        Quiz,
        final_tests,
    )
    from corpu.content.problems import Problem
    from corpu.content.serial import (
        checks_from_dict,
        checks_to_dict,
        course_from_dict,
        quiz_from_dict,
        quiz_to_dict,
        segments_from_list,
        segments_to_list,
        to_dict,
    )
    from corpu.content.source import CourseSource, read_course, read_tree
    from corpu.content.vocabulary import Vocabulary

__all__ = [
    "DIAGNOSTIC",
    "RENDERER_VERSION",
    "Check",
    "CheckRef",
    "Choice",
    "Compiled",
    "Course",
    "CourseSource",
    "Criterion",
    "Diagnostic",
    "Html",
    "Limits",
    "MediaFile",
    "Module",
    "Page",
    "Problem",
    "Question",
    "Quiz",
    "Vocabulary",
    "check_courses",
    "checks_from_dict",
    "checks_to_dict",
    "compile_course",
    "course_from_dict",
    "final_tests",
    "ids_lost",
    "quiz_from_dict",
    "quiz_to_dict",
    "read_course",
    "read_tree",
    "segments_from_list",
    "segments_to_list",
    "to_dict",
    "write_ids",
]

# Each name with the module it lives in: reading a published page must not load the compiler,
# its Markdown, highlighter and formula converter (0.3 s and 20 MB at the start of a server).
_HOMES = {
    "Check": "model",
    "CheckRef": "model",
    "Choice": "model",
    "Compiled": "model",
    "Course": "model",
    "CourseSource": "source",
    "Criterion": "model",
    "DIAGNOSTIC": "model",
    "Diagnostic": "model",
    "Html": "model",
    "Limits": "limits",
    "MediaFile": "model",
    "Module": "model",
    "Page": "model",
    "Problem": "problems",
    "Question": "model",
    "Quiz": "model",
    "RENDERER_VERSION": "compile",
    "Vocabulary": "vocabulary",
    "check_courses": "courses",
    "checks_from_dict": "serial",
    "checks_to_dict": "serial",
    "compile_course": "compile",
    "course_from_dict": "serial",
    "final_tests": "model",
    "ids_lost": "ids",
    "quiz_from_dict": "serial",
    "quiz_to_dict": "serial",
    "read_course": "source",
    "read_tree": "source",
    "segments_from_list": "serial",
    "segments_to_list": "serial",
    "to_dict": "serial",
    "write_ids": "ids",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"corpu.content has no {name}")
    return getattr(import_module(f"corpu.content.{_HOMES[name]}"), name)
