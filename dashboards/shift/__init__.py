"""The doses of a shift: what is due when, what was given, what is still to be done."""
