"""Tests of backups: made, damaged, killed, restored."""
