"""New keys for an installation that goes on working."""
