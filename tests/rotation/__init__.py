"""Tests of new keys in place of old ones."""
