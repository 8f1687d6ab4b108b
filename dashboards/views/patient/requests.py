"""What the patient asks for, and the answers."""

from dashboards.own_wishes.parts import show_page
from dashboards.own_wishes.requests import show_asked, show_asking

show_page(
    "My requests",
    "Ask your care team for something, and read their answer.",
    show_asking,
    show_asked,
)
