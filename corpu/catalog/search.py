"""Words as people type them, found however they are inflected.

Indonesian is stemmed by PySastrawi (the stems of PostgreSQL and Snowball are wrong for
it); the stems of an edition are kept beside it, so that both databases search alike.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from markupsafe import Markup


@cache
def _stemmer() -> Any:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory  # noqa: PLC0415 - slow to import

    return StemmerFactory().create_stemmer()


@cache
def stem(word: str) -> str:
    return str(_stemmer().stem(word))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def stems_of(texts: Iterable[str]) -> str:
    """Each stem and each word once, with blanks around: ` air bersih … `."""
    found: dict[str, None] = {}
    for text in texts:
        for word in words(str(Markup(text).striptags())):
            if len(word) > 1:
                found[word] = found[stem(word)] = None
    return f" {' '.join(found)} "


def matches(query: str, stems: str) -> bool:
    """Whether every word of the query begins some word or stem of the text."""
    return all(f" {word}" in stems or f" {stem(word)} " in stems for word in words(query[:200]))
