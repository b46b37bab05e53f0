"""Where the points of our drawings lie.

Pure geometry: plain values in, numbers rounded for an SVG attribute out. The templates in
``templates/charts/`` draw them and set the table beside them; words and colours live there.

Nothing here turns "not observed" or "not measured" into zero: ``None`` has no point on the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin
from typing import Any

Number = int | float | Decimal
Point = tuple[float, float]


def _round(value: float) -> float | int:
    rounded = round(float(value), 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _at(centre: Point, radius: float, angle: float) -> Point:
    """The point at ``radius`` from the centre; angle 0 is up, clockwise, in radians."""
    return _round(centre[0] + radius * sin(angle)), _round(centre[1] - radius * cos(angle))


def _join(points: Iterable[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _within(value: Number, low: float, high: float) -> float:
    return min(max(float(value), low), high)


# ------------------------------------------------------------------------------------- radar


@dataclass(frozen=True)
class RadarDot:
    """One axis: its label outside the rings and, when observed, its point on the line."""

    code: str
    label: str
    value: Number | None
    required: Number | None
    href: str
    x: float
    y: float
    text_x: float
    text_y: float
    spoke: str


@dataclass(frozen=True)
class Radar:
    """Everything the radar's template writes into attributes."""

    view_box: tuple[float, float, float, float]
    rings: tuple[str, ...]
    scale: tuple[tuple[int, float, float], ...]
    dots: tuple[RadarDot, ...]
    areas: tuple[str, ...]
    lines: tuple[str, ...]
    needs: tuple[str, ...]


RADAR_CENTRE: Point = (200, 196)
RADAR_RADIUS = 138.0
RADAR_LABELS = 168.0


def radar(axes: Sequence[Mapping[str, Any]], maximum: int = 5) -> Radar:
    """Lay the competencies around a circle, the first at the top, clockwise.

    Each axis is ``{"code", "label", "value", "required", "href"}``; ``value`` and ``required`` are
    0 to ``maximum`` or ``None``, ``href`` may be missing. Neighbouring observed values are joined;
    an axis without a value breaks line and area instead of pulling them to the centre.
    """
    count = len(axes)
    angles = [2 * pi * index / count for index in range(count)]

    def on(index: int, value: Number) -> Point:
        share = _within(value, 0, maximum) / maximum
        return _at(RADAR_CENTRE, RADAR_RADIUS * share, angles[index])

    dots = []
    for index, axis in enumerate(axes):
        value = axis["value"]
        point = RADAR_CENTRE if value is None else on(index, value)
        text = _at(RADAR_CENTRE, RADAR_LABELS, angles[index])
        end = _at(RADAR_CENTRE, RADAR_RADIUS, angles[index])
        dots.append(
            RadarDot(
                code=axis["code"],
                label=axis["label"],
                value=value,
                required=axis.get("required"),
                href=axis.get("href", ""),
                x=point[0],
                y=point[1],
                text_x=text[0],
                text_y=text[1],
                spoke=f"M{RADAR_CENTRE[0]} {RADAR_CENTRE[1]}L{end[0]} {end[1]}",
            )
        )
    have = [axis["value"] for axis in axes]
    need = [axis.get("required") for axis in axes]
    lines, areas = [], []
    for run, closed in _runs(have):
        points = [on(index, have[index]) for index in run]
        lines.append(_join(points + points[:1] if closed else points))
        if len(points) > 1:
            areas.append(_join(points if closed else [RADAR_CENTRE, *points]))
    needs = []
    for run, closed in _runs(need):
        points = [on(index, need[index] or 0) for index in run]
        needs.append(_join(points + points[:1] if closed else points))
    return Radar(
        view_box=(4, 6, 392, 392),
        rings=tuple(
            _join(_at(RADAR_CENTRE, RADAR_RADIUS * step / maximum, angle) for angle in angles)
            for step in range(1, maximum + 1)
        ),
        scale=tuple(
            (
                step,
                RADAR_CENTRE[0] + 5,
                _round(RADAR_CENTRE[1] - RADAR_RADIUS * step / maximum + 13),
            )
            for step in range(1, maximum + 1, 2)
        ),
        dots=tuple(dots),
        areas=tuple(areas),
        lines=tuple(lines),
        needs=tuple(needs),
    )


def _runs(values: Sequence[object]) -> list[tuple[list[int], bool]]:
    """Stretches of neighbours that have a value, around the circle; closed when none is missing."""
    count = len(values)
    present = [value is not None for value in values]
    if count and all(present):
        return [(list(range(count)), count > 2)]
    start = next((index for index in range(count) if not present[index]), 0)
    runs: list[tuple[list[int], bool]] = []
    run: list[int] = []
    for step in range(1, count + 1):
        index = (start + step) % count
        if present[index]:
            run.append(index)
        elif run:
            runs.append((run, False))
            run = []
    return runs


# ------------------------------------------------------------------------------ level and heat


@dataclass(frozen=True)
class LevelPips:
    """Five steps, how many are filled, how far the next is, where the requirement stands."""

    steps: tuple[int, ...]
    filled: int
    part_x: float | None
    part_width: float | None
    need_x: float | None


def level_pips(
    level: int | None, required: int | None = None, score: Number | None = None
) -> LevelPips:
    """Steps of 17 units. ``score`` carries the way to the next level in its fraction."""
    steps = tuple(1 + 17 * step for step in range(5))
    filled = 0 if level is None else int(_within(level, 0, 5))
    part = 0.0
    if level is not None and score is not None and filled < 5:
        part = _within(float(score) - filled, 0, 1)
    return LevelPips(
        steps=steps,
        filled=filled,
        part_x=steps[filled] if part else None,
        part_width=_round(14 * part) or None if part else None,
        need_x=None if not required else 17 * int(_within(required, 1, 5)) - 0.5,
    )


@dataclass(frozen=True)
class Shade:
    """How a cell of the heat map looks (`kind` is a class of app.css) and its signed difference."""

    kind: str
    gap: int | None


def gap_shade(level: int | None, required: int | None) -> Shade:
    """Darker the further below the requirement; hatched when not observed.

    ``gap`` is level minus requirement, or ``None`` where one of them is missing.
    """
    if level is None:
        return Shade("hx", None)
    if required is None:
        return Shade("", None)
    gap = level - required
    return Shade(f"h{min(-gap, 3)}" if gap < 0 else "", gap)


# -------------------------------------------------------------------------------------- JP bar


@dataclass(frozen=True)
class JpBar:
    """Widths on a line of ``width`` units; the requirement stands at ``goal_x``."""

    width: int
    recognised_width: float
    waiting_x: float
    waiting_width: float
    over_x: float
    over_width: float
    goal_x: float
    ticks: tuple[float, ...]


def jp_bar(
    recognised: Number,
    waiting: Number = 0,
    over_cap: Number = 0,
    required: Number = 20,
) -> JpBar:
    """Hours recognised, then those waiting for a decision, then those above a cap, on one line.

    The line is a fifth longer than the requirement, or as long as the hours need.
    All in JP (1 JP = 45 minutes); negative hours count as none.
    """
    width = 600
    parts = [max(float(part), 0.0) for part in (recognised, waiting, over_cap)]
    goal = max(float(required), 0.0)
    longest = max(goal * 1.2, sum(parts), 1.0)
    unit = width / longest
    ends = [parts[0] * unit, (parts[0] + parts[1]) * unit, sum(parts) * unit]
    whole = int(parts[0])
    return JpBar(
        width=width,
        recognised_width=_round(ends[0]),
        waiting_x=_round(ends[0]),
        waiting_width=_round(ends[1] - ends[0]),
        over_x=_round(ends[1]),
        over_width=_round(ends[2] - ends[1]),
        goal_x=_round(goal * unit),
        ticks=tuple(_round(step * unit) for step in range(1, whole + (parts[0] > whole)))
        if unit >= 8
        else (),
    )


# ----------------------------------------------------------------------------------- SDG wheel


@dataclass(frozen=True)
class WheelSegment:
    """One goal: its coloured rim, the place of its number, its track, and the filled part."""

    number: int
    title: str
    value: Number | None
    href: str
    text: str
    rim: str
    number_x: float
    number_y: float
    track: str
    fill: str


@dataclass(frozen=True)
class Wheel:
    """Segments clockwise from the top, the circle at half, and how many goals are measured."""

    view_box: tuple[int, int, int, int]
    segments: tuple[WheelSegment, ...]
    half: float
    measured: int


WHEEL_CENTRE: Point = (200, 200)
WHEEL_RIM = (146.0, 192.0)
WHEEL_TRACK = (62.0, 140.0)


def wheel(goals: Sequence[Mapping[str, Any]], maximum: Number = 100) -> Wheel:
    """Draw each goal as a segment whose length is its value.

    Each goal is ``{"number", "title", "value", "href", "text"}``; ``value`` is 0 to ``maximum``
    or ``None`` for not measured, ``href`` and ``text`` may be missing.
    """
    count = len(goals)
    inner, outer = WHEEL_TRACK
    segments = []
    for index, goal in enumerate(goals):
        begin, end = 2 * pi * index / count, 2 * pi * (index + 1) / count
        middle = (begin + end) / 2
        value = goal["value"]
        number_at = _at(WHEEL_CENTRE, sum(WHEEL_RIM) / 2, middle)
        reach = 0.0 if value is None else _within(value, 0, float(maximum)) / float(maximum)
        segments.append(
            WheelSegment(
                number=goal["number"],
                title=goal["title"],
                value=value,
                href=goal.get("href", ""),
                text=goal.get("text", ""),
                rim=_sector(*WHEEL_RIM, begin, end),
                number_x=number_at[0],
                number_y=_round(number_at[1] + 7),
                track=_sector(inner, outer, begin, end),
                fill=_sector(inner, inner + (outer - inner) * reach, begin, end) if reach else "",
            )
        )
    return Wheel(
        view_box=(4, 4, 392, 392),
        segments=tuple(segments),
        half=(inner + outer) / 2,
        measured=sum(goal["value"] is not None for goal in goals),
    )


def _sector(inner: float, outer: float, begin: float, end: float) -> str:
    """A ring's slice as a path, kept 1.2 units clear of its neighbours."""

    def edge(radius: float, angle: float, side: int) -> str:
        x, y = _at(WHEEL_CENTRE, radius, angle + side * 1.2 / radius)
        return f"{x} {y}"

    wide = int(end - begin > pi)
    far, near = _round(outer), _round(inner)
    return (
        f"M{edge(inner, begin, 1)}L{edge(outer, begin, 1)}"
        f"A{far} {far} 0 {wide} 1 {edge(outer, end, -1)}L{edge(inner, end, -1)}"
        f"A{near} {near} 0 {wide} 0 {edge(inner, begin, 1)}Z"
    )


# -------------------------------------------------------------------------------------- stairs


@dataclass(frozen=True)
class Stair:
    """One step: a bar that starts further right the higher it lies."""

    number: int
    title: str
    note: str
    x: int
    y: int
    width: int
    is_reached: bool
    is_required: bool


@dataclass(frozen=True)
class Stairs:
    """Steps from the lowest up, in a box just high enough for them."""

    view_box: tuple[int, int, int, int]
    height: int
    steps: tuple[Stair, ...]


def stairs(
    steps: Sequence[Mapping[str, Any]], reached: int | None = None, required: int | None = None
) -> Stairs:
    """Stack steps ``{"title", "note"}`` numbered from 1 at the bottom."""
    count = len(steps)
    width, height, gap = 416, 58, 4
    shift = 0 if count < 2 else min(50, 200 // (count - 1))
    drawn = tuple(
        Stair(
            number=index + 1,
            title=step["title"],
            note=step.get("note", ""),
            x=2 + shift * index,
            y=2 + (height + gap) * (count - 1 - index),
            width=width - shift * index,
            is_reached=reached is not None and index < reached,
            is_required=required is not None and index + 1 == required,
        )
        for index, step in enumerate(steps)
    )
    return Stairs((0, 0, width + 4, (height + gap) * count), height, drawn)
