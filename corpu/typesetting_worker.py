"""The process that turns templates and their data into PDF files, one after the other.

Run as a script by `typesetting.py` and importing nothing of the application: typst must not be
loaded in a process that may fork afterwards (its children hang), and a process that only draws is
small. Requests come on pipes: each message is a length of four bytes, big-endian, and that many
bytes; an answer has one more byte in front: `+` for the file, `-` for a sentence about why there
is none.

It ends when its input ends, so it never outlives the process that started it: the kernel closes
the pipe of a killed process. An alarm ends it even in the midst of a drawing that never ends.
"""

import json
import select
import signal
import struct
import sys
from pathlib import Path
from typing import Any, cast

import segno
import typst

LONGEST_DRAWING_SECONDS = 60
IDLE_SECONDS = 15 * 60  # then the memory is given back; the next certificate starts another


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    compilers: dict[str, typst.Compiler] = {}
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        head = requests.read(4)
        if len(head) != 4:
            return
        (size,) = struct.unpack(">I", head)
        body = requests.read(size)
        if len(body) != size:
            return
        signal.alarm(LONGEST_DRAWING_SECONDS)
        try:
            status, answer = b"+", draw(json.loads(body), compilers)
        except Exception as problem:
            status, answer = b"-", str(problem).encode()
        signal.alarm(0)
        try:
            answers.write(status + struct.pack(">I", len(answer)) + answer)
            answers.flush()
        except BrokenPipeError:
            return


def draw(request: dict, compilers: dict[str, typst.Compiler]) -> bytes:
    template = request["template"]
    if template not in compilers:
        compilers[template] = typst.Compiler(
            template,
            root=str(Path(template).parent),
            font_paths=[request["fonts"]],
            ignore_system_fonts=True,
        )
    data = request["data"]
    if request["qr"]:
        svg, quiet = qr_svg(request["qr"])
        data |= {"qr": svg, "qr_quiet": quiet}
    if request.get("dots"):
        return first_sheet(compilers[template], data, request["dots"])
    file = compilers[template].compile(
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=cast("list[Any]", request["standards"]),
        timestamp=request["timestamp"],
    )
    return cast("bytes", file)  # one file, as no page of its own is asked for


def first_sheet(compiler: typst.Compiler, data: dict, dots: float) -> bytes:
    """The first sheet as a PNG of so many dots to the inch: to look at, never to keep."""
    sheets = compiler.compile(
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="png", ppi=dots
    )
    return cast("bytes", sheets[0] if isinstance(sheets, list) else sheets)


def qr_svg(text: str) -> tuple[str, float]:
    """Draw a QR code as one path of outlines: rows of squares would show hairlines in print.

    Returns the drawing, and which share of its width the quiet zone on one side takes.
    """
    matrix = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    side, quiet = len(matrix), 4
    edges: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def dark(x: int, y: int) -> bool:
        return 0 <= x < side and 0 <= y < side and matrix[y][x] == 1

    for y in range(side):
        for x in range(side):
            if dark(x, y):
                # Every side that borders on light, the dark module to the right of the way.
                if not dark(x, y - 1):
                    edges.setdefault((x, y), []).append((x + 1, y))
                if not dark(x + 1, y):
                    edges.setdefault((x + 1, y), []).append((x + 1, y + 1))
                if not dark(x, y + 1):
                    edges.setdefault((x + 1, y + 1), []).append((x, y + 1))
                if not dark(x - 1, y):
                    edges.setdefault((x, y + 1), []).append((x, y))
    path = []
    while edges:
        start = here = next(iter(edges))
        path.append(f"M{start[0]} {start[1]}")
        while True:
            there = edges[here].pop()
            if not edges[here]:
                del edges[here]
            step = f"H{there[0]}" if there[1] == here[1] else f"V{there[1]}"
            if path[-1][0] == step[0]:  # straight on: one long line instead of two
                path.pop()
            path.append(step)
            here = there
            if here == start:
                break
        path.append("z")
    whole = side + 2 * quiet
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-quiet} {-quiet} {whole} {whole}">'
        f'<path fill="#fff" d="M{-quiet} {-quiet}h{whole}v{whole}h{-whole}z"/>'
        f'<path fill="#000" d="{"".join(path)}"/></svg>'
    )
    return svg, quiet / whole


if __name__ == "__main__":
    main()
