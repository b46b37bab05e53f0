"""How much a course may hold; everything beyond is refused before any parsing."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Sizes in bytes unless the name says otherwise. An operator may set others."""

    page: int = 200 * 1024
    line_characters: int = 5_000
    paragraph_characters: int = 20_000
    """Markdown copies a paragraph once for each mark in it: this keeps the square small."""
    brackets_in_paragraph: int = 500
    nesting: int = 20
    front_matter: int = 32 * 1024
    pages: int = 500
    files: int = 5_000
    course: int = 200 * MEGABYTE
    picture: int = 5 * MEGABYTE
    picture_pixels: int = 50_000_000
    video: int = 200 * MEGABYTE
    document: int = 20 * MEGABYTE
    problems: int = 500
    """Problems listed per course: the ten-thousandth helps nobody."""
