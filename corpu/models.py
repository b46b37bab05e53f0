"""Every mapped class, imported once so that Alembic sees them all."""

from corpu.assessment import models as assessment
from corpu.audit import AuditEntry
from corpu.catalog import models as catalog
from corpu.competency import models as competency
from corpu.credentials import models as credentials
from corpu.hours import models as hours
from corpu.installation import Installation
from corpu.ipasn import models as ipasn
from corpu.jobs import Job
from corpu.learning import models as learning
from corpu.people import models as people
from corpu.plans import models as plans
from corpu.team import models as team

__all__ = [
    "AuditEntry",
    "Installation",
    "Job",
    "assessment",
    "catalog",
    "competency",
    "credentials",
    "hours",
    "ipasn",
    "learning",
    "people",
    "plans",
    "team",
]
