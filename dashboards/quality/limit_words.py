"""How limits of values read to quality staff: numbers with their unit, in sentences."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd

from dashboards.chart.words import number_text, time_text, unit_text
from dashboards.quality.words import count_text
from pipelines.access.limits import whose

TOO_FEW = (
    "too few to learn from: at least 200 results of 30 patients are needed. A limit of "
    "all ages and both sexes holds for these results, too."
)
NO_SPREAD = "most values are the same, so no limit can be learned."


def analyte_text(proposal: Any) -> str:
    """Return an analyte with its unit, and its code: some share a name."""
    unit = unit_text(proposal.unit)
    return f"{proposal.analyte_name}, {unit} ({proposal.analyte_code})"


def whose_text(cell: Any) -> str:
    """Return whose results they are."""
    return whose(cell.age_band, cell.sex_code)


def exact_text(end: object) -> str:
    """Return an end exactly as it is; empty where there is none."""
    return "" if pd.isna(end) else f"{Decimal(str(end)).normalize():f}"


def ends_text(
    low: object,
    high: object,
    unit: str,
    number: Callable[[Any], str] = number_text,
) -> str:
    """Return one or two ends with their unit; both still keep the limit."""
    shown = unit_text(unit)
    if pd.isna(low) and pd.isna(high):
        return "no limit"
    if pd.isna(low):
        return f"at most {number(high)} {shown}"
    if pd.isna(high):
        return f"{number(low)} {shown} or more"
    return f"{number(low)} to {number(high)} {shown}"


def signed_text(decision: Any) -> str:
    """Return the ends that somebody signed, to the last digit: results break them."""
    return ends_text(decision.low, decision.high, decision.unit, exact_text)


def learned_text(proposal: Any) -> str:
    """Return how many results there are, and where most of them lie."""
    told = (
        f"{count_text(proposal.rows_count, 'result')} of "
        f"{count_text(proposal.patients_count, 'patient')}"
    )
    if pd.isna(proposal.median):
        return f"{told}."
    unit = proposal.unit
    return (
        f"{told}. Half of them lie from "
        f"{ends_text(proposal.quantile_25, proposal.quantile_75, unit)} around the "
        f"median {number_text(proposal.median)}, nine of ten from "
        f"{ends_text(proposal.quantile_05, proposal.quantile_95, unit)}."
    )


def proposed_text(proposal: Any) -> str:
    """Return what is proposed, or why nothing is."""
    if proposal.state != "proposed":
        return f"Nothing is proposed: {TOO_FEW if is_too_few(proposal) else NO_SPREAD}"
    count = int(proposal.breaking_count)
    breaking = "no result breaks it" if not count else f"{count_text(count, 'result')} "
    if count:
        breaking += "breaks it" if count == 1 else "break it"
    ends = ends_text(proposal.low, proposal.high, proposal.unit)
    return f"Proposed: {ends}; {breaking} now."


def earlier_text(proposal: Any, last_learned: Any) -> str:
    """Return that a later learning found too few patients; empty where none did."""
    if proposal.learned_at == last_learned:
        return ""
    return (
        f"Learned {time_text(proposal.learned_at)}: since then there are results of "
        "fewer than five patients, so nothing newer is kept."
    )


def is_too_few(proposal: Any) -> bool:
    """Return whether there are too few results or patients to learn from."""
    return proposal.state == "too_few"


def units_text(proposal: Any) -> str:
    """Return that there may be two units; empty where values are of one group."""
    factor = proposal.hump_factor
    if pd.isna(factor):
        return ""
    times = factor if factor > 1 else 1 / factor
    larger = "larger" if factor > 1 else "smaller"
    return (
        f"There may be two units: a second group of values is about {times:.0f} times "
        f"{larger} than the others. It was left out of the proposal. Look at Flags and "
        "units before you sign."
    )


def known_text(proposal: Any) -> str:
    """Return the reference range and critical limits of adults; empty where unknown."""
    told = [
        f"{name} {ends_text(low, high, proposal.unit)}"
        for name, low, high in (
            ("reference range", proposal.reference_low, proposal.reference_high),
            ("critical outside of", proposal.critical_low, proposal.critical_high),
        )
        if not (pd.isna(low) and pd.isna(high))
    ]
    return f"Known of adults: {'; '.join(told)}." if told else ""


def decided_text(decision: Any) -> str:
    """Return one decision: what, by whom, when, on how many results, why."""
    what = "retired"
    if decision.action_code == "sign":
        what = f"signed {signed_text(decision)}"
    proposed = ends_text(decision.proposed_low, decision.proposed_high, decision.unit)
    return (
        f"{time_text(decision.decided_at)} · version {decision.version}: {what} by "
        f"{decision.decided_by} (proposed: {proposed}, of "
        f"{count_text(decision.rows_count, 'result')}): {decision.words}"
    )
