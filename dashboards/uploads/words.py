"""How a verdict on a row, and the stage of an upload, read to a technician."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VerdictWords:
    """One kind of verdict: a sign beside the word, so that colour is not needed."""

    sign: str
    word: str
    meaning: str

    @property
    def label(self) -> str:
        """Return sign and word."""
        return f"{self.sign} {self.word}"


# In the order in which a person should look at them.
VERDICTS = {
    "moved": VerdictWords(
        "◆",
        "Another patient's result",
        "Here this record belongs to another patient. Compare the tube with both "
        "names. If the result is really not the first patient's, withdraw it there and "
        "send it under a record id of its own.",
    ),
    "conflict": VerdictWords(
        "◆",
        "Stated twice",
        "The same record stands here or in the file with other content and the same "
        "time of change: which of the two counts would be chance. Keep the right one.",
    ),
    "refused": VerdictWords(
        "✕",
        "Refused",
        "The row does not go in. Correct it in your file and upload again, or submit "
        "the rest: the row then waits for quality staff.",
    ),
    "change": VerdictWords(
        "△",
        "Changes a result",
        "The record is here and would read otherwise. A doctor who had acknowledged "
        "it sees it again.",
    ),
    "withdrawal": VerdictWords(
        "△", "Withdraws a result", "The record would no longer be on the chart."
    ),
    "patient_unknown": VerdictWords(
        "?",
        "Patient not known here",
        "The row goes in and waits for the patient's data. If the patient should be "
        "known, check the number.",
    ),
    "older": VerdictWords(
        "○",
        "Older than what is here",
        "A newer version of the record is here and stays current.",
    ),
    "new": VerdictWords("●", "New", "The row goes in as a new result."),
    "unchanged": VerdictWords(
        "=", "Already here", "The same row is here, or stands above in this file."
    ),
}
# What a person confirms having looked at before it is submitted.
TO_BE_CONFIRMED = ("conflict",)
# These need their reason or comparison beside them; the others stand in a table.
TOLD_ONE_BY_ONE = ("moved", "conflict", "refused", "change", "withdrawal", "older")

STAGES = {
    "waiting": "◌ Waiting to be picked up",
    "held": "✕ Held as a whole: nothing landed",
    "preparing": "◐ Landed, being prepared for the chart",
    "on_chart": "● On the chart",
}


def rows_text(count: int) -> str:
    """Return a number of rows in words."""
    return "1 row" if count == 1 else f"{count:,} rows"
