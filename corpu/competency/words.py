"""The sentences about a score: the same for the learner, the supervisor and the auditor.

They speak of the score and the post, never of "you", so that one page serves all three.
This page gathers them under the name by which templates know them, `competency_words`.
"""

from __future__ import annotations

from corpu.competency.account_words import (
    courses_can_help,
    need_text,
    need_title,
    offer_levels,
    offer_state,
    rule_changed,
    rule_name,
    rule_of,
    rung_state,
    rung_text,
    score_text,
    standing_words,
    summary,
)
from corpu.competency.closing_words import (
    left_text,
    stage_text,
    stretch_step,
    way_how,
    way_lead,
    way_why,
)
from corpu.competency.dictionary_words import definition, meanings
from corpu.competency.evidence_words import counts_until, origin, why_not
from corpu.competency.phrases import (
    BAND_TAGS,
    BANDS,
    KINDS,
    LOWER_LEVELS,
    RETAKES,
    described,
    exact,
    figure,
    level_name,
    strong,
)
from corpu.competency.profile_words import jpm_observed, jpm_sum, profile_lead, step_text
from corpu.competency.required_words import (
    required_by,
    source,
    standard_name,
    step_needs,
    step_reason,
    step_title,
)

__all__ = [
    "BANDS",
    "BAND_TAGS",
    "KINDS",
    "LOWER_LEVELS",
    "RETAKES",
    "counts_until",
    "courses_can_help",
    "definition",
    "described",
    "exact",
    "figure",
    "jpm_observed",
    "jpm_sum",
    "left_text",
    "level_name",
    "meanings",
    "need_text",
    "need_title",
    "offer_levels",
    "offer_state",
    "origin",
    "profile_lead",
    "required_by",
    "rule_changed",
    "rule_name",
    "rule_of",
    "rung_state",
    "rung_text",
    "score_text",
    "source",
    "stage_text",
    "standard_name",
    "standing_words",
    "step_needs",
    "step_reason",
    "step_text",
    "step_title",
    "stretch_step",
    "strong",
    "summary",
    "way_how",
    "way_lead",
    "way_why",
    "why_not",
]
