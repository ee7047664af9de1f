"""The measures F1 to F13: whatever shows a progress, a light or a rate computes it here and nowhere else.

Pure functions over columns of numbers; NaN is "cannot be computed" and shown as "—". The limits they are compared with
are data, and so arguments. `docs/reference/measures.md` says each in words, with the worked examples that the tests
hold.

    F1  progress              F1b plan_linear, plan_phased, plan_step, plan_split, plan_restarted
    F1c deviation, pace       F2  attainment, summed, weighted      F3  regional_spread
    F4  compliance            F5  responses                         F6  penetration, reached_positions
    F7  responses, earliest   F8  standing, lights                  F9  weight_spread
    F10 consistency           F11 revision_lead_times               F12 fastest_progress
    F13 composite             and roll_up, prorated, over_reports, asks_for_review
"""

from runtime.facts.measures.attainment import (
    Composite,
    RolledUp,
    Spread,
    attainment,
    composite,
    regional_spread,
    roll_up,
    summed,
    weighted,
)
from runtime.facts.measures.columns import column, plain, rounded
from runtime.facts.measures.conduct import (
    Responses,
    compliance,
    due_actions,
    earliest,
    moment,
    responses,
    revision_lead_times,
)
from runtime.facts.measures.governance import (
    Penetration,
    WeightSpread,
    consistency,
    penetration,
    reached_positions,
    weight_spread,
)
from runtime.facts.measures.lights import (
    Lights,
    Standing,
    Turned,
    asks_for_review,
    fastest_progress,
    lights,
    standing,
    standing_of,
    worst,
)
from runtime.facts.measures.progress import (
    deviation,
    growth_target,
    is_met,
    over_reports,
    pace,
    plan_linear,
    plan_phased,
    plan_restarted,
    plan_split,
    plan_step,
    progress,
    prorated,
    shown,
)

__all__ = [
    "Composite",
    "Lights",
    "Penetration",
    "Responses",
    "RolledUp",
    "Spread",
    "Standing",
    "Turned",
    "WeightSpread",
    "asks_for_review",
    "attainment",
    "column",
    "compliance",
    "composite",
    "consistency",
    "deviation",
    "due_actions",
    "earliest",
    "fastest_progress",
    "growth_target",
    "is_met",
    "lights",
    "moment",
    "over_reports",
    "pace",
    "penetration",
    "plain",
    "plan_linear",
    "plan_phased",
    "plan_restarted",
    "plan_split",
    "plan_step",
    "progress",
    "prorated",
    "reached_positions",
    "regional_spread",
    "responses",
    "revision_lead_times",
    "roll_up",
    "rounded",
    "shown",
    "standing",
    "standing_of",
    "summed",
    "weight_spread",
    "weighted",
    "worst",
]
