"""The own record to take away."""

from dashboards.own_wishes.download import show_download
from dashboards.own_wishes.parts import show_page

show_page(
    "Download",
    "Your record as it stands now: visits, diagnoses, allergies, medicines, "
    "vaccinations, procedures, plans, measurements and results; results that are "
    "released later are not in it before. Notes and reports in words are not in it. "
    "Keep the file where nobody else can read it.",
    show_download,
)
