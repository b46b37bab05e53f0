"""What a quiz is certain to measure, whatever a draw picks."""

from decimal import Decimal

from corpu.content.model import Question, Quiz


def certain_points(quiz: Quiz) -> dict[tuple[str, int], Decimal]:
    """Points that every attempt gives to each competency and level, whatever a draw picks.

    With `draw`, the worst case: all questions mapped elsewhere are drawn first, then the mapped
    ones with the fewest points.
    """
    mapped: dict[tuple[str, int], list[Question]] = {}
    for question in quiz.questions:
        if question.competency and question.level:
            mapped.setdefault((question.competency, question.level), []).append(question)
    total = len(quiz.questions)
    certain = {}
    for key, questions in mapped.items():
        drawn = total if quiz.draw is None else min(quiz.draw, total)
        count = max(0, drawn - (total - len(questions)))
        points = sorted(question.points for question in questions)
        certain[key] = sum(points[:count], Decimal(0))
    return certain
