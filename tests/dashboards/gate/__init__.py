"""The gate: nothing without a live session, nothing for another site, no details."""
