"""The blocks of a page: what the scanner finds, line by line, before anything is rendered."""

from dataclasses import dataclass, field

from corpu.content.lines import Attributes, Line


@dataclass
class Block:
    line: int
    apart: bool = field(default=False, kw_only=True)
    """A blank line stands before it: that makes the list around it a loose one."""


@dataclass
class Leaf(Block):
    """Text that Python-Markdown renders."""

    text: str


@dataclass
class Paragraph(Leaf):
    pass


@dataclass
class Heading(Leaf):
    level: int
    attributes: Attributes
    anchor: str = ""


@dataclass
class Fence(Block):
    info: str
    code: str


@dataclass
class Formula(Block):
    latex: str


@dataclass
class Rule(Block):
    pass


@dataclass
class Quote(Block):
    children: list[Block]


@dataclass
class Item:
    children: list[Block]
    line: int
    is_task: bool = False


@dataclass
class ListBlock(Block):
    ordered: bool
    start: int
    items: list[Item]
    loose: bool


@dataclass
class Table(Block):
    """`cells[0]` is the head; `aligns` has one of "", left, center, right per column."""

    cells: list[list[str]]
    lines: list[int]
    aligns: list[str]


@dataclass
class Definitions(Block):
    """Groups of terms, each with its explanations."""

    groups: list[tuple[list[Leaf], list[list[Block]]]]


@dataclass
class CallOut(Block):
    kind: str
    foldable: bool
    is_open: bool
    title: str | None
    attributes: Attributes
    children: list[Block]


@dataclass
class CheckBlock(Block):
    """An inline check; its lines are dedented and not parsed yet."""

    title: str
    attributes: Attributes
    lines: list[Line]
    id: str = ""
