"""The commands of ``ehr``, by subject; ``pipelines.cli`` assembles them."""
