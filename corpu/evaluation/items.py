"""What is asked, as `corpu/data/evaluation.json` has it."""

from typing import Any

from corpu import vocabulary

MOST_REMARK = 1000  # characters


def data() -> Any:
    return vocabulary.load("evaluation")


def reaction_items(form: str) -> list[str]:
    """The codes of the reaction survey's items, those about the teacher after the others."""
    return [*data()["reaction"]["forms"][form], *data()["reaction"]["teacher"]]


def behaviour_items() -> list[str]:
    return [code for codes in data()["behaviour"]["sections"].values() for code in codes]
