"""How incidents read to quality staff: a sign beside each word, and counts in words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboards.chart.words import date_text, time_text
from dashboards.quality.shares import percent
from dashboards.quality.words import count_text, feed_text, sentence
from pipelines.access.rule_words import words_of

# In the order in which they should be looked at.
STATES = {
    "reopened": "▲ Came back",
    "worse": "▲ Worse",
    "new": "▲ New",
    "persisting": "■ Persisting",
    "better": "▽ Better",
    "waived": "◇ Waived",
    "resolved": "● Resolved",
}
OPEN = ("reopened", "worse", "new", "persisting", "better")
SEVERITIES = {"critical": "grave", "warning": "a warning", "info": "a note"}
RANKS = {name: rank for rank, name in enumerate(SEVERITIES)}


def subject_text(incident: Any) -> str:
    """Return the feed in words, or the name of the mart."""
    if incident.measured_in == "build":
        return f"mart {incident.subject}"
    return feed_text(incident.subject)


def wrong_text(incident: Any) -> str:
    """Return what is wrong: how a rule of a load is broken, else what is expected."""
    if incident.measured_in == "load":
        return sentence(words_of(incident.check_id, incident.subject).broken)
    if incident.sentence:
        return f"Not so: {sentence(incident.sentence)}"
    return "A check that is not asked any more failed."


def patients_text(incident: Any) -> str:
    """Return how many patients it hits, or that nobody can tell."""
    if incident.measured_in == "series":
        return "the load as a whole"
    if pd.isna(incident.patients_count) and incident.measured_in == "build":
        return "patients not known: no row names one, or the next build counts them"
    if incident.measured_in == "conservation":
        return "patients not known: what is lost names none"
    if pd.isna(incident.patients_count):
        return "patients not known: these rows name none"
    return f"{count_text(incident.patients_count, 'patient')} affected"


def counted_text(incident: Any) -> str:
    """Return how many rows break it, and which share that is."""
    broken, of = incident.broken_count, incident.applicable_count
    if pd.isna(broken) or pd.isna(of):
        return "The load as a whole breaks it."
    share = f" ({percent(broken, of)})" if of else ""
    if incident.measured_in == "conservation":
        return f"{int(broken):,} of {int(of):,} missing or too many{share}."
    what = "measurement" if incident.measured_in == "series" else "row"
    return f"{int(broken):,} of {count_text(of, what)} broke it{share}."


def since_text(incident: Any) -> str:
    """Return since when, and what looked last."""
    looked = {"build": "build", "conservation": "count"}.get(
        incident.measured_in, "load"
    )
    run = f", Dagster run {incident.run_id}" if incident.run_id else ""
    return (
        f"since {time_text(incident.opened_at)}; last found by {looked} "
        f"{incident.run_number}, {time_text(incident.measured_at)}{run}"
    )


def course_text(incident: Any) -> str:
    """Return how it developed, oldest first; empty before there is a course."""
    told = [
        _share_text(broken, of)
        for broken, of in pairs_of(incident.broken_counts, incident.applicable_counts)
    ]
    return ", ".join(told) if len(told) > 1 else ""


def pairs_of(
    broken: Sequence[float], applicable: Sequence[float]
) -> list[tuple[float, float]]:
    """Return the counts of each load or build that had any."""
    return [
        (one, of)
        for one, of in zip(broken, applicable, strict=True)
        if not pd.isna(one) and not pd.isna(of) and of
    ]


def _share_text(broken: float, of: float) -> str:
    return f"{int(broken):,} ({percent(broken, of)})"


def waiver_text(incident: Any) -> str:
    """Return until when and why it is waived."""
    return (
        f"waived until {date_text(incident.waived_until)} by {incident.waived_by}: "
        f"{incident.waiver_words}"
    )


def waiting_text(incident: Any) -> str:
    """Return how many refused rows wait; empty without any."""
    count = int(incident.waiting_count)
    if not count:
        return ""
    verb = "waits" if count == 1 else "wait"
    kept = ", though the last load kept the rule"
    return (
        f"{count_text(count, 'refused row')} {verb} in quarantine"
        f"{kept if incident.life_code == 'resolved' else ''}."
    )


def told_step(step: Any) -> str:
    """Return one line of what happened to an incident."""
    moment = time_text(step.told_at)
    if step.kind_code in STATES:
        counts = (
            ""
            if pd.isna(step.broken_count)
            else f": {int(step.broken_count):,} of {int(step.applicable_count or 0):,}"
        )
        return f"{moment} · {STATES[step.kind_code]}{counts}"
    told = {
        "assign": f"given to {step.owner_name} by {step.decided_by}",
        "comment": f"{step.decided_by}: {step.words}",
        "waive": (
            f"waived until {date_text(step.waived_until)} by {step.decided_by}: "
            f"{step.words}"
        ),
        "end_waiver": f"waiver ended by {step.decided_by}: {step.words}",
    }
    return f"{moment} · {told[step.kind_code]}"
