"""The room of plans: this module has the blueprint with all of its pages."""

from corpu.plans import template_views
from corpu.plans.views import bp

__all__ = ["bp", "template_views"]
