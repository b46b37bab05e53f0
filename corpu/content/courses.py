"""Several courses side by side: each knows the others, and no prerequisite runs in a circle."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpu.content.compile import compile_course
from corpu.content.limits import Limits
from corpu.content.model import Compiled
from corpu.content.problems import Problem, problem
from corpu.content.source import CourseSource
from corpu.content.vocabulary import Vocabulary


def check_courses(
    sources: Sequence[CourseSource], vocabulary: Vocabulary, *, limits: Limits | None = None
) -> list[Compiled]:
    """Compile several courses, each knowing the others; prerequisites in a circle are found."""
    known = vocabulary.with_courses(source.slug for source in sources)
    compiled = [compile_course(source, known, limits=limits) for source in sources]
    graph: dict[str, tuple[str, ...]] = dict(vocabulary.prerequisites)
    graph.update({done.slug: done.course.prerequisites for done in compiled if done.course})
    return [_with_circles(done, graph) for done in compiled]


def _with_circles(done: Compiled, graph: Mapping[str, tuple[str, ...]]) -> Compiled:
    circle = find_circle(done.slug, graph)
    if done.course is None or circle is None:
        return done
    found: Problem = replace(
        problem("circular-prerequisite", "course.md", circle=" → ".join(circle)), course=done.slug
    )
    return replace(done, course=None, problems=(*done.problems, found))


def find_circle(start: str, graph: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """The shortest way from a course through its prerequisites back to itself; None if none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in graph.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return None
