"""The accounting of disclosures that a patient asks for, as PDF and as CSV.

45 CFR 164.528: six years; what was disclosed for treatment, payment or operations, or
to the patient, need not be in it and is left out, and the paper says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.access.audit_export import csv_text
from pipelines.access.disclosures import PURPOSES

NOT_ACCOUNTED = frozenset({"treatment", "payment", "operations", "patient_request"})
HEADINGS = ("Date", "Who received it", "What was disclosed", "Why")
WIDTHS = (24, 52, 52, 52)
TITLE = "Accounting of disclosures"
EXPLAINED = (
    "45 CFR 164.528: who outside this hospital received information about you in the "
    "last six years, what, when and why. Disclosures for your treatment, for payment, "
    "for the running of the hospital, and to yourself need not be listed and are not."
)
NONE = "Nothing was disclosed that has to be listed."


@dataclass(frozen=True)
class Disclosed:
    """One disclosure, as the patient reads it."""

    disclosed_at: datetime
    recipient_name: str
    recipient_address: str
    purpose_code: str
    purpose_text: str
    what: str

    @property
    def is_accounted(self) -> bool:
        """Return whether the patient has a right to see it listed."""
        return self.purpose_code not in NOT_ACCOUNTED

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Return date, recipient, content and purpose as text."""
        recipient = ", ".join(
            part for part in (self.recipient_name, self.recipient_address) if part
        )
        purpose = PURPOSES.get(self.purpose_code, self.purpose_code)
        return (
            f"{self.disclosed_at.day} {self.disclosed_at:%b %Y}",
            recipient,
            self.what,
            f"{purpose}: {self.purpose_text}",
        )


def accounting_csv(disclosures: Sequence[Disclosed]) -> bytes:
    """Return the accounting as CSV that no spreadsheet takes for formulas."""
    rows = [each.cells for each in disclosures if each.is_accounted]
    return "".join(csv_text([HEADINGS, *rows])).encode()


def accounting_pdf(
    patient: str, disclosures: Sequence[Disclosed], made_at: datetime
) -> bytes:
    """Return the accounting as a paper for the patient."""
    from fpdf import FPDF  # noqa: PLC0415 - takes half a second, and few need it

    page = FPDF(format="A4")
    for style, name in (("", "Regular"), ("B", "Bold")):
        page.add_font("Roboto", style, _font_file(name))
    page.add_page()
    page.set_title(TITLE)
    page.set_font("Roboto", "B", 16)
    page.cell(text=TITLE, new_x="LMARGIN", new_y="NEXT", h=12)
    page.set_font("Roboto", size=10)
    made = f"{made_at.day} {made_at:%b %Y}"
    page.multi_cell(0, 5, f"{patient}\nMade on {made}\n\n{EXPLAINED}\n",
                    new_x="LMARGIN", new_y="NEXT")  # fmt: skip
    rows = [each.cells for each in disclosures if each.is_accounted]
    if not rows:
        page.multi_cell(0, 8, NONE)
        return bytes(page.output())
    page.set_font("Roboto", size=9)
    with page.table([HEADINGS, *rows], col_widths=WIDTHS, text_align="LEFT"):
        pass
    return bytes(page.output())


def _font_file(name: str) -> Path:
    import font_roboto  # noqa: PLC0415 - needed with the paper alone

    return Path(font_roboto.__file__).parent / "files" / f"Roboto-{name}.ttf"
