"""What a digital credential says: written from the snapshot of a certificate alone, and read back.

Open Badges 3.0 (1EdTech, 2024) on the Verifiable Credentials Data Model 2.0 (W3C, 2025). The NIP
is not in it in any form, not even hashed: of its 18 digits birth date, month of appointment, sex
and serial number leave so few that whoever holds the hash finds them in minutes.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from corpu.credentials.badges.linked import BADGES, CONTROL, CREDENTIALS, NotReadable
from corpu.credentials.badges.proofs import MALFORMED, aware
from corpu.credentials.rules import format_jp
from corpu.credentials.snapshot import Snapshot

SUBJECT = "#penerima"  # of the certificate's address: whoever it was given to
STATUS_PATH = "/.well-known/corpu-status"
PROFILE_PATH = "/.well-known/corpu-issuer.json"
GOALS = "United Nations Sustainable Development Goals"
COMPETENCIES = "Kamus Kompetensi ASN"
IDENTITY = "ext:name"
OFFSETS = {"WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00"}
# Where a day begins first: a credential must not count only after the moment of its issue.
EAST = OFFSETS["WIT"]
WEST = OFFSETS["WIB"]
EXAMPLE = "CONTOH"


def base_of(verify_url: str) -> str:
    """The address of the installation that issued: what stands before /verify."""
    return verify_url.rpartition("/verify/")[0]


def did_of(base: str) -> str:
    """The issuer's name as a DID of the web (did:web): host, port and path of the address."""
    parts = urlsplit(base)
    path = [one for one in parts.path.split("/") if one]
    return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *path])


@dataclass(frozen=True)
class Place:
    """Where a credential stands in the public lists of what was revoked."""

    number: int  # of the list, from 1
    index: int


def document(content: Snapshot, place: Place) -> dict[str, Any]:
    """The credential, unsigned. The same snapshot and place give the same document."""
    base = base_of(content.verify_url)
    listed = f"{base}{STATUS_PATH}/{place.number}"
    until = content.valid_until
    mark = f"{EXAMPLE} – " if content.demo else ""
    return {
        "@context": [CREDENTIALS, BADGES],
        "id": content.verify_url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{mark}{content.title}: {content.course_title}",
        "issuer": {
            "id": did_of(base),
            "type": ["Profile"],
            "name": content.issuer,
            "url": f"{base}{PROFILE_PATH}",
        },
        "validFrom": f"{content.issued_on}T00:00:00{EAST}",
        # Where the day ends last: an end is counted generously.
        **({"validUntil": f"{until}T23:59:59{WEST}"} if until else {}),
        "credentialSubject": _subject(content, base, mark),
        "credentialStatus": {
            "id": f"{listed}#{place.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(place.index),
            "statusListCredential": listed,
        },
    }


def _subject(content: Snapshot, base: str, mark: str) -> dict[str, Any]:
    zone = OFFSETS.get(content.zone, "Z")
    course = f"{base}/courses/{content.course_slug}"
    salt = hashlib.sha256(b"CorpU Open Badges 1\n" + content.code.encode()).hexdigest()[:32]
    return {
        "id": content.verify_url + SUBJECT,
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": identity_hash(content.name, salt),
                "identityType": IDENTITY,
                "salt": salt,
            }
        ],
        "activityStartDate": f"{content.started_on}T00:00:00{zone}",
        "activityEndDate": f"{content.completed_on}T00:00:00{zone}",
        "creditsEarned": float(content.jp),
        "licenseNumber": content.number,
        "achievement": {
            "id": f"{course}#edisi-{content.edition}",
            "type": ["Achievement"],
            "achievementType": "CertificateOfCompletion",
            "name": f"{mark}{content.course_title}",
            "description": (
                f"{content.title} atas kursus {content.course_title} edisi {content.edition}, "
                f"{format_jp(content.jp)} jam pelajaran (JP) dari 45 menit."
            ),
            "criteria": {"narrative": _criteria(content)},
            "creditsAvailable": float(content.jp),
            "version": str(content.edition),
            "inLanguage": "id",
            "alignment": _alignments(content, course),
        },
    }


def _criteria(content: Snapshot) -> str:
    modules = "; ".join(f"{row.title} ({format_jp(row.jp)} JP)" for row in content.curriculum)
    return f"Menyelesaikan seluruh modul kursus: {modules}." if modules else "Menyelesaikan kursus."


def _alignments(content: Snapshot, course: str) -> list[dict[str, Any]]:
    goals = [
        {
            "type": ["Alignment"],
            "targetName": f"TPB {goal.number}: {goal.title}",
            "targetUrl": f"https://sdgs.un.org/goals/goal{goal.number}",
            "targetFramework": GOALS,
            "targetCode": str(goal.number),
        }
        for goal in content.goals
    ]
    competencies = [
        {
            "type": ["Alignment"],
            "targetName": f"{one.title}, level {one.level}",
            "targetUrl": f"{course}#{quote(one.code, safe='')}-{one.level}",
            "targetFramework": COMPETENCIES,
            "targetCode": one.code,
        }
        for one in content.competencies
    ]
    return goals + competencies


def identity_hash(name: str, salt: str) -> str:
    """The hash by which somebody who knows the name finds it confirmed (IdentityHash)."""
    return "sha256$" + hashlib.sha256((name + salt).encode()).hexdigest()


# ---------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Claims:
    """What a credential of this kind says, for people. `address` is its certificate's page."""

    address: str
    number: str
    title: str
    course_title: str
    issuer: str
    jp: Decimal
    edition: str
    started_on: date
    completed_on: date
    issued_on: date
    valid_until: datetime | None
    name_hash: str
    salt: str
    goals: tuple[int, ...]

    @property
    def code(self) -> str:
        """The code at the end of the address."""
        return self.address.rpartition("/")[2]

    @property
    def is_example(self) -> bool:
        """Made for a demonstration."""
        return self.title.startswith(EXAMPLE)

    def names(self, name: str) -> bool:
        """Whether it was given to somebody of this very name, titles and all."""
        return identity_hash(name, self.salt) == self.name_hash


def claims_of(said: dict[str, Any]) -> Claims:
    """Read what `document` wrote, here or in another installation. Raises NotReadable."""
    try:
        subject = said["credentialSubject"]
        achievement = subject["achievement"]
        (identity,) = (one for one in subject["identifier"] if one["identityType"] == IDENTITY)
        until = said.get("validUntil")
        return Claims(
            address=_text(said["id"]),
            number=_text(subject["licenseNumber"]),
            title=_text(said["name"]).partition(":")[0],
            course_title=_text(achievement["name"]),
            issuer=_text(said["issuer"]["name"]),
            jp=Decimal(str(subject["creditsEarned"])),
            edition=_text(achievement["version"]),
            started_on=date.fromisoformat(subject["activityStartDate"][:10]),
            completed_on=date.fromisoformat(subject["activityEndDate"][:10]),
            issued_on=date.fromisoformat(said["validFrom"][:10]),
            valid_until=None if until is None else aware(until),
            name_hash=_text(identity["identityHash"]),
            salt=_text(identity["salt"]),
            goals=tuple(
                int(one["targetCode"])
                for one in achievement.get("alignment", [])
                if one.get("targetFramework") == GOALS
            ),
        )
    except MALFORMED as error:
        raise NotReadable(f"not a certificate: {error}") from error


def _text(value: Any) -> str:
    # A list of one says the same to a JSON-LD processor.
    if type(value) is not str or CONTROL.search(value):
        raise NotReadable("not a text")
    return value
