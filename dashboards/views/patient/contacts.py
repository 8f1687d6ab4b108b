"""Whom the care team calls about the patient."""

from dashboards.own_wishes.contacts import show_contact_forms, show_contacts
from dashboards.own_wishes.parts import show_page

show_page(
    "My contacts",
    "Whom your care team calls about you.",
    show_contacts,
    show_contact_forms,
)
