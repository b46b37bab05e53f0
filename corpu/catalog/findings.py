"""What the check said at publication, kept so that it can be read in either language."""

from collections.abc import Callable
from typing import Any

from corpu.content import Problem
from corpu.content.problems import Phrase


def problem_to_json(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity,
        **_phrase_to_json(Phrase(problem.message, problem.params)),
    }


def problem_text(data: dict[str, Any], gettext: Callable[[str], str]) -> str:
    """The sentence of a kept problem, translated now."""
    return _phrase_from_json(data).text(gettext)


def _phrase_to_json(phrase: Phrase) -> dict[str, Any]:
    return {
        "message": phrase.message,
        "params": {
            name: _phrase_to_json(value) if isinstance(value, Phrase) else str(value)
            for name, value in phrase.params.items()
        },
    }


def _phrase_from_json(data: dict[str, Any]) -> Phrase:
    return Phrase(
        data["message"],
        {
            name: _phrase_from_json(value) if isinstance(value, dict) else value
            for name, value in data["params"].items()
        },
    )
