"""How words come in: what is kept is what is measured."""

import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Co")  # control, format, surrogate, private use


def clean_text(text: str) -> str:
    """One line in NFC without invisible characters or doubled blanks: how words come in."""
    text = unicodedata.normalize("NFC", text)
    kept = (
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in UNSEEN
    )
    return " ".join("".join(kept).split())


def clean_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, each cleaned, empty ones left out."""
    return tuple(filter(None, map(clean_text, text.splitlines())))
