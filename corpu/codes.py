"""Sets of codes that are asked without regard to case and dash, and the vocabulary made of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches


def same(code: str) -> str:
    """The form in which two codes are compared: without case, `-` equal to `_`."""
    return code.strip().casefold().replace("-", "_")


@dataclass(frozen=True)
class Codes:
    """A set of codes that is asked without regard to case and dash, and answers as written."""

    by_key: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Codes":
        return cls({same(str(code)): str(code) for code in codes})

    def find(self, code: str) -> str | None:
        """The code in its own spelling, or None where there is no such code."""
        return self.by_key.get(same(code))

    def nearest(self, code: str) -> str | None:
        """What the author may have meant; None where nothing is near."""
        found = get_close_matches(same(code), list(self.by_key), n=1, cutoff=0.6)
        return self.by_key[found[0]] if found else None

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and same(code) in self.by_key

    def __iter__(self):
        return iter(self.by_key.values())

    def __len__(self) -> int:
        return len(self.by_key)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What is known outside the folder under check. Made with `Vocabulary.of`."""

    competencies: Codes
    goals: frozenset[int]
    targets: Codes
    programmes: Codes
    kinds: Codes
    post_types: Codes
    courses: Codes = field(default_factory=Codes)
    prerequisites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Prerequisites of courses published already: circles through them are found too."""

    @classmethod
    def of(
        cls,
        *,
        competencies: Iterable[str] = (),
        goals: Iterable[int | str] = (),
        targets: Iterable[str] = (),
        programmes: Iterable[str] = (),
        kinds: Iterable[str] = (),
        post_types: Iterable[str] = (),
        courses: Iterable[str] = (),
        prerequisites: Mapping[str, Iterable[str]] | None = None,
    ) -> "Vocabulary":
        return cls(
            competencies=Codes.of(competencies),
            goals=frozenset(int(goal) for goal in goals),
            targets=Codes.of(targets),
            programmes=Codes.of(programmes),
            kinds=Codes.of(kinds),
            post_types=Codes.of(post_types),
            courses=Codes.of(courses),
            prerequisites={slug: tuple(others) for slug, others in (prerequisites or {}).items()},
        )

    def with_courses(self, slugs: Iterable[str]) -> "Vocabulary":
        """The same vocabulary that knows these courses too."""
        return replace(self, courses=Codes.of([*self.courses, *slugs]))
