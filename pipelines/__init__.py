"""Everything that moves data: sources, landing, builds, Dagster, the command line."""
