"""Tests of the operational record and of its simulator."""
