"""How words come in: what is kept is what is measured."""

import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Co")  # control, format, surrogate, private use


def clean_text(text: str) -> str:
    """One line in NFC without invisible characters or doubled blanks: how words come in."""
    text = unicodedata.normalize("NFC", text)
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or not _is_unseen(character)
    )
    return " ".join("".join(kept).split())


def _is_unseen(character: str) -> bool:
    """Noncharacters among them: no table and no document may hold those (Unicode, 23.7)."""
    code = ord(character)
    is_none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_none or unicodedata.category(character) in UNSEEN


def clean_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, each cleaned, empty ones left out."""
    return tuple(filter(None, map(clean_text, text.splitlines())))
