"""What the patient decides about the own record."""

from dashboards.own_wishes.parts import show_page
from dashboards.own_wishes.privacy import show_decisions

show_page(
    "Privacy",
    "Who may see and use your record. What you decide holds at once.",
    show_decisions,
)
