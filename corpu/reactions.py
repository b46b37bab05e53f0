"""What follows from what. Read this file to learn how the rooms meet."""

from corpu.assessment import service as assessment
from corpu.events import AttemptGraded, react_to
from corpu.jobs import every_tick
from corpu.learning import service as learning


def wire() -> None:
    react_to(AttemptGraded, learning.record_attempt)
    every_tick(assessment.close_due)
