"""Tests of lawful erasure."""
