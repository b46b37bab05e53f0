"""Who is looking: a plain value, read by the first statement of a request."""

from dataclasses import dataclass
from uuid import UUID

from corpu.permissions import Held, Role


@dataclass(frozen=True)
class Viewer:
    """The signed-in person. Not an entity: it outlives every session and transaction."""

    id: UUID
    name: str  # as printed, with titles
    epoch: int
    locale: str | None
    unit_id: UUID | None
    unit_name: str
    agency_name: str
    agency_short: str
    timezone: str  # IANA zone of the unit today
    roles: tuple[Held, ...]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return f"{self.id.hex}.{self.epoch}"

    def has_role(self, role: Role) -> bool:
        return any(held.role is role for held in self.roles)

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split(",")[0].split() if not word.endswith(".")]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
