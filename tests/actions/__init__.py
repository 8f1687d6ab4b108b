"""Tests of what people do in the record, role by role."""
