"""The supervisor's pages, gathered: this module has the blueprint with all of them."""

from corpu.people import export
from corpu.team import (
    bulk_views,
    certificate_views,
    delegation_views,
    plan_views,
    reminders,
    sheet_views,
)
from corpu.team.views import bp

export.register("reminders", reminders.own_part)

__all__ = ["bp", "bulk_views", "certificate_views", "delegation_views", "plan_views", "sheet_views"]
