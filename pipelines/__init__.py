"""Everything that moves data: sources, landing, the build, Dagster, the ``ehr`` command."""
