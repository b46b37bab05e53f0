"""The drawings: whatever comes in, no point leaves the paper and nothing unknown becomes zero."""

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from corpu import charts

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
levels = st.none() | st.decimals(0, 5, places=2)
percents = st.none() | st.decimals(0, 100, places=1)


def axis(code, value, required=3):
    return {"code": code, "label": f"Kompetensi {code}", "value": value, "required": required}


def goal(number, value):
    return {"number": number, "title": f"Tujuan {number}", "value": value}


def inside(view_box, x, y, margin=0.0):
    left, top, width, height = view_box
    return (
        left + margin <= x <= left + width - margin and top + margin <= y <= top + height - margin
    )


def points(text):
    return [tuple(map(float, pair.split(","))) for pair in text.split()]


@given(st.lists(st.tuples(levels, st.none() | st.integers(1, 5)), min_size=1, max_size=20))
def test_every_point_of_a_radar_lies_inside_its_view_box(values):
    drawing = charts.radar([axis(str(n), *pair) for n, pair in enumerate(values)])
    drawn = [*drawing.rings, *drawing.areas, *drawing.lines, *drawing.needs]
    for x, y in [point for text in drawn for point in points(text)]:
        assert inside(drawing.view_box, x, y)
    for dot in drawing.dots:
        assert inside(drawing.view_box, dot.x, dot.y)
        # A code of four letters is some 20 units to each side, its figure 17 below.
        assert inside(drawing.view_box, dot.text_x, dot.text_y, margin=12)
        assert inside(drawing.view_box, dot.text_x, dot.text_y + 17)


@given(st.lists(levels, min_size=3, max_size=12))
def test_the_line_of_a_radar_passes_through_observed_values_only(values):
    drawing = charts.radar([axis(str(n), value) for n, value in enumerate(values)])
    on_lines = {point for line in drawing.lines for point in points(line)}
    observed = {(dot.x, dot.y) for dot in drawing.dots if dot.value is not None}
    assert on_lines == observed


def test_one_missing_competency_opens_the_line_instead_of_pulling_it_to_zero():
    drawing = charts.radar([axis("A", 4), axis("B", 4), axis("C", None), axis("D", 4)])
    (line,) = drawing.lines
    assert points(line)[0] != points(line)[-1]
    assert len(points(line)) == 3
    assert (charts.RADAR_CENTRE[0], charts.RADAR_CENTRE[1]) not in points(line)


def test_a_complete_radar_is_closed():
    (line,) = charts.radar([axis(code, 3) for code in "ABCDE"]).lines
    assert points(line)[0] == points(line)[-1]


def test_nothing_observed_draws_no_line():
    drawing = charts.radar([axis(code, None) for code in "ABCDE"])
    assert drawing.lines == drawing.areas == ()
    assert len(drawing.dots) == 5


@given(st.lists(levels, min_size=3, max_size=12), st.integers(0, 11), st.decimals(0, 4, places=1))
def test_a_higher_score_lies_further_out(values, index, low):
    def distance(value):
        axes = [axis(str(n), v) for n, v in enumerate(values)]
        position = index % len(axes)
        axes[position]["value"] = value
        dot = charts.radar(axes).dots[position]
        return (dot.x - 200) ** 2 + (dot.y - 196) ** 2

    assert distance(low) < distance(low + 1)


@given(st.lists(percents, min_size=2, max_size=17))
def test_every_point_of_a_wheel_lies_inside_its_view_box(values):
    drawing = charts.wheel([goal(n + 1, value) for n, value in enumerate(values)])
    for segment in drawing.segments:
        assert inside(drawing.view_box, segment.number_x, segment.number_y, margin=8)
        for path in (segment.rim, segment.track, segment.fill):
            # Of an arc only its end is a place; radii and flags come before it.
            places = re.sub(r"A\S+ \S+ 0 \d 1? ?0? ?", "L", path)
            numbers = [float(number) for number in NUMBER.findall(places)]
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                assert inside(drawing.view_box, x, y), path


@given(st.lists(percents, min_size=1, max_size=17))
def test_a_goal_not_measured_has_no_fill_and_is_not_counted(values):
    drawing = charts.wheel([goal(n + 1, value) for n, value in enumerate(values)])
    assert drawing.measured == len(values) - values.count(None)
    for segment, value in zip(drawing.segments, values, strict=True):
        assert segment.value is value
        assert bool(segment.fill) is bool(value)


@given(
    st.decimals(0, 200, places=2),
    st.decimals(0, 200, places=2),
    st.decimals(0, 200, places=2),
    st.decimals(0, 60, places=0),
)
def test_the_parts_of_the_hours_bar_follow_one_another_on_the_line(done, waiting, over, duty):
    bar = charts.jp_bar(done, waiting, over, duty)
    assert 0 <= bar.recognised_width == bar.waiting_x
    assert abs(bar.waiting_x + bar.waiting_width - bar.over_x) <= 0.2
    assert bar.over_x + bar.over_width <= bar.width + 0.2
    assert 0 <= bar.goal_x <= bar.width
    assert all(0 < tick < bar.recognised_width + 0.1 for tick in bar.ticks)


def test_the_duty_is_reached_where_the_bar_meets_its_mark():
    bar = charts.jp_bar(Decimal(20), required=Decimal(20))
    assert bar.recognised_width == bar.goal_x


@given(st.none() | st.integers(0, 5), st.none() | st.integers(1, 5), levels)
def test_level_steps_stay_within_their_86_units(level, required, score):
    pips = charts.level_pips(level, required, score)
    assert 0 <= pips.filled <= 5
    if pips.part_width:
        assert pips.part_x + pips.part_width <= 86
        assert pips.filled < 5
    assert pips.need_x is None or 0 < pips.need_x < 86


def test_a_level_not_observed_fills_nothing():
    assert charts.level_pips(None, 3, None).filled == 0
    assert charts.level_pips(None, 3, Decimal("2.5")).part_width is None


def test_the_shade_says_how_far_below_the_requirement():
    assert charts.gap_shade(3, 3) == charts.Shade("", 0)
    assert charts.gap_shade(4, 3) == charts.Shade("", 1)
    assert charts.gap_shade(2, 3) == charts.Shade("h1", -1)
    assert charts.gap_shade(1, 5) == charts.Shade("h3", -4)
    assert charts.gap_shade(None, 3) == charts.Shade("hx", None)
    assert charts.gap_shade(2, None) == charts.Shade("", None)


@given(st.integers(1, 9), st.none() | st.integers(0, 9), st.none() | st.integers(1, 9))
def test_stairs_rise_to_the_right_inside_their_view_box(count, reached, required):
    steps = [{"title": f"Level {n}", "note": ""} for n in range(count)]
    drawing = charts.stairs(steps, reached, required)
    for step in drawing.steps:
        assert inside(drawing.view_box, step.x, step.y)
        assert inside(drawing.view_box, step.x + step.width, step.y + drawing.height)
        assert step.is_reached is (reached is not None and step.number <= reached)
        assert step.is_required is (step.number == required)
    xs, ys = [step.x for step in drawing.steps], [step.y for step in drawing.steps]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
