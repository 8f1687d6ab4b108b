"""Lawful erasure, for those who restore or serve an installation."""

from pipelines.erasing.erasing import reapply

__all__ = ["reapply"]
