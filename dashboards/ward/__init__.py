"""The ward: vital signs of all in one grid, and patients to take over."""
