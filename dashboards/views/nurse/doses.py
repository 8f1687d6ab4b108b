"""The doses of a shift, for the nurse who gives them."""

from dashboards.shift.page import show_doses_of_shift

show_doses_of_shift()
