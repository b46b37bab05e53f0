"""Read the QR codes out of a PDF: from its filled paths to the text, without error correction.

No decoder library stands between: a module printed wrong is a text read wrong.
"""

import pikepdf

IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# ISO/IEC 18004, table 9: data codewords of each block, by version and level (two bits).
BLOCKS = {
    (3, 0): [44],
    (3, 1): [55],
    (4, 0): [32, 32],
    (4, 1): [80],
    (4, 3): [24, 24],
    (5, 0): [43, 43],
    (5, 1): [108],
    (5, 3): [15, 15, 16, 16],
    (6, 0): [27] * 4,
    (6, 1): [68, 68],
    (6, 3): [19] * 4,
    (9, 0): [36] * 3 + [37] * 2,
    (10, 0): [43] * 4 + [44],
    (11, 0): [50] + [51] * 4,
    (12, 0): [36] * 6 + [37] * 2,
}
MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, _: r % 2,
    lambda _, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)


def texts_of(page: pikepdf.Page) -> list[str]:
    """The texts of all QR codes on a page."""
    return [_decode(_modules(path)) for path in _codes(page)]


def modules_of(page: pikepdf.Page) -> tuple[list[list[bool]], float]:
    """The first code of a page as dark and light, and the width of a module in millimetres."""
    path = next(_codes(page))
    modules = _modules(path)
    across = [x for polygon in path for x, _ in polygon]
    return modules, (max(across) - min(across)) / len(modules) / 72 * 25.4


def _codes(page: pikepdf.Page):
    paths = _paths(page.obj, page.obj.Resources, IDENTITY)
    return (path for path in paths if len(path) > 30)


def _times(m: tuple, n: tuple) -> tuple:
    a, b, c, d, e, f = m
    g, h, i, j, k, o = n
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + o,
    )


def _paths(stream, resources, ctm: tuple):
    """Every filled path made of straight lines only, as closed polygons in page coordinates."""
    stack, polygons, straight = [], [], True

    def point(x, y) -> tuple[float, float]:
        a, b, c, d, e, f = ctm
        x, y = float(x), float(y)
        return (a * x + c * y + e, b * x + d * y + f)

    for operands, operator in pikepdf.parse_content_stream(stream):
        match str(operator):
            case "q":
                stack.append(ctm)
            case "Q":
                ctm = stack.pop()
            case "cm":
                ctm = _times(tuple(float(value) for value in operands), ctm)
            case "Do":
                form = resources.XObject[operands[0]]
                if form.Subtype == "/Form":
                    inner = tuple(float(value) for value in form.get("/Matrix", IDENTITY))
                    yield from _paths(form, form.get("/Resources", resources), _times(inner, ctm))
            case "m":
                polygons.append([point(*operands)])
            case "l":
                polygons[-1].append(point(*operands))
            case "c" | "v" | "y":
                straight = False
            case "f" | "f*" | "S" | "s" | "B" | "n" as painted:
                if painted in ("f", "f*") and straight:
                    yield polygons
                polygons, straight = [], True


def _modules(polygons: list) -> list[list[bool]]:
    """Sample a drawn code at the middle of each module, by the nonzero winding rule."""
    xs = [x for polygon in polygons for x, _ in polygon]
    ys = [y for polygon in polygons for _, y in polygon]
    left, top, width = min(xs), max(ys), max(xs) - min(xs)
    edges = [
        (a, b)
        for polygon in polygons
        for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True)
        if abs(a[1] - b[1]) > 1e-3
    ]
    shortest = min(abs(a[1] - b[1]) for a, b in edges)
    side = round(width / shortest)
    step = width / side

    def line(row: int) -> list[bool]:
        y = top - (row + 0.5) * step
        crossed = [(a[0], b[1] > a[1]) for a, b in edges if min(a[1], b[1]) < y < max(a[1], b[1])]
        places = [left + (column + 0.5) * step for column in range(side)]
        return [sum(1 if up else -1 for at, up in crossed if at > x) != 0 for x in places]

    return [line(row) for row in range(side)]


def _decode(modules: list[list[bool]]) -> str:
    side = len(modules)
    version = (side - 17) // 4
    form = [modules[8][column] for column in range(5)]
    level = (form[0] ^ 1) << 1 | form[1]
    mask = MASKS[(form[2] ^ 1) << 2 | form[3] << 1 | (form[4] ^ 1)]

    def fixed(row: int, column: int) -> bool:
        finder = (row < 9 and (column < 9 or column > side - 9)) or (row > side - 9 and column < 9)
        about = (min(row, column) < 6) and (max(row, column) > side - 12) and version > 6
        return finder or about or align(row, column) or row == 6 or column == 6

    def align(row: int, column: int) -> bool:
        lines = [side - 7] if version < 7 else [6, (side - 1) // 2, side - 7]
        at = [[line for line in lines if abs(line - one) < 3] for one in (row, column)]
        return all(at) and version > 1 and at[0] + at[1] not in corners

    corners = ([6, 6], [6, side - 7], [side - 7, 6])

    bits, upwards, right = [], True, side - 1
    while right > 0:
        if right == 6:
            right -= 1
        for row in range(side - 1, -1, -1) if upwards else range(side):
            for column in (right, right - 1):
                if not fixed(row, column):
                    bits.append(modules[row][column] ^ (mask(row, column) == 0))
        upwards, right = not upwards, right - 2
    words = [
        int("".join("01"[bit] for bit in bits[at : at + 8]), 2) for at in range(0, len(bits), 8)
    ]
    sizes = BLOCKS[version, level]
    blocks: list[list[int]] = [[] for _ in sizes]
    stream = iter(words)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(stream))
    data = "".join(f"{word:08b}" for block in blocks for word in block)
    assert data[:4] == "0100", "bytes were expected"
    first = 12 if version < 10 else 20
    length = int(data[4:first], 2)
    return bytes(int(data[at : at + 8], 2) for at in range(first, first + 8 * length, 8)).decode()
