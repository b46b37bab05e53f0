"""Draw `band.svg`, the plaited band of the certificate's frame: `python band.py > band.svg`.

Kept as a drawing because laying the same curves out anew cost half the time of a certificate.
"""

import sys

WIDE, HIGH = 297, 210  # A4 landscape, millimetres
CORNER = 21  # where the corner boxes end
MIDDLE = 14.5  # distance of the band's middle line from the edge of the page
HALF_WAVE, AMPLITUDE = 5.2, 2.6
STRENGTHS = (1, 0.8, 0.6, 0.4, 0.2)
# A cubic whose handles lie at 0.3642 of a half wave, 1.36 times as high, follows a sine closely.
HANDLE, RISE = 0.3642, 1.36


def side(x: float, y: float, length: float, *, vertical: bool = False) -> str:
    """Five strengths of sine, each with its mirror, from (x, y) along one side of the page."""
    count = round(length / HALF_WAVE)
    step = length / count
    parts = []
    for strength in (*STRENGTHS, *(-strength for strength in STRENGTHS)):
        parts.append(f"M{x:g} {y:g}")
        for index in range(count):
            across = AMPLITUDE * RISE * strength * (1 if index % 2 == 0 else -1)
            points: tuple[tuple[float, float], ...] = (
                (step * HANDLE, across),
                (step * (1 - HANDLE), across),
                (step, 0),
            )
            if vertical:
                points = tuple((b, a) for a, b in points)
            parts.append("c" + " ".join(f"{a:.4g} {b:.4g}" for a, b in points))
    return "".join(parts)


def band() -> str:
    """The whole drawing: the four sides between the corner boxes, as one path."""
    wide, high = WIDE - 2 * CORNER, HIGH - 2 * CORNER
    path = (
        side(CORNER, MIDDLE, wide)
        + side(CORNER, HIGH - MIDDLE, wide)
        + side(MIDDLE, CORNER, high, vertical=True)
        + side(WIDE - MIDDLE, CORNER, high, vertical=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">'
        f'<path fill="none" stroke="#b79cc0" stroke-width=".113" d="{path}"/></svg>\n'
    )


if __name__ == "__main__":
    sys.stdout.write(band())
