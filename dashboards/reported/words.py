"""What became of a reported value, in words with a sign beside each."""

from typing import Any

from dashboards.chart.words import time_text

STATES = {
    "open": "⚑ Reported, waits for an answer",
    "being_corrected": "◐ Being corrected",
    "corrected": "● Corrected at its source",
    "not_an_error": "○ Looked at: not an error",
}
# To whoever sees the value, who may not be the one who reported it.
UNDER_REVIEW = {
    "open": "⚑ reported as possibly wrong, under review",
    "being_corrected": "◐ reported as wrong, being corrected",
    "corrected": "● was reported as wrong, corrected at its source since",
    "not_an_error": "○ was reported as possibly wrong, looked at: not an error",
}


def review_text(reported: Any) -> str:
    """Return what is known of the reports of one value."""
    return f"{UNDER_REVIEW[reported.state_code]}, {time_text(reported.reported_at)}"
