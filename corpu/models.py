"""Every mapped class, imported once so that Alembic sees them all."""

from corpu.assessment import models as assessment
from corpu.audit import AuditEntry
from corpu.catalog import models as catalog
from corpu.competency import asking_models, change_models
from corpu.competency import models as competency
from corpu.credentials import batch_models
from corpu.credentials import life_models as certificate_life
from corpu.credentials import models as credentials
from corpu.credentials import template_models as certificate_templates
from corpu.credentials.badges import models as badges
from corpu.esign import models as esign
from corpu.evaluation import models as evaluation
from corpu.hours import models as hours
from corpu.installation import Installation
from corpu.ipasn import models as ipasn
from corpu.jobs import Job
from corpu.learning import models as learning
from corpu.people import models as people
from corpu.plans import models as plans
from corpu.plans import template_models as plan_templates
from corpu.siasn import models as siasn
from corpu.signing import models as signing
from corpu.standards import models as standards
from corpu.team import models as team

__all__ = [
    "AuditEntry",
    "Installation",
    "Job",
    "asking_models",
    "assessment",
    "badges",
    "batch_models",
    "catalog",
    "certificate_life",
    "certificate_templates",
    "change_models",
    "competency",
    "credentials",
    "esign",
    "evaluation",
    "hours",
    "ipasn",
    "learning",
    "people",
    "plan_templates",
    "plans",
    "siasn",
    "signing",
    "standards",
    "team",
]
