"""Courses as text: a folder of Markdown goes in, a checked course and its problems come out.

Pure: no database, no clock, no web. `docs/penulis.md` is the handbook for authors.
"""

from corpu.content.compile import RENDERER_VERSION, compile_course
from corpu.content.courses import check_courses
from corpu.content.ids import ids_lost, write_ids
from corpu.content.limits import Limits
from corpu.content.model import (
    Check,
    CheckRef,
    Choice,
    Compiled,
    Course,
    Criterion,
    Html,
    MediaFile,
    Module,
    Page,
    Question,
    Quiz,
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
    "RENDERER_VERSION",
    "Check",
    "CheckRef",
    "Choice",
    "Compiled",
    "Course",
    "CourseSource",
    "Criterion",
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
