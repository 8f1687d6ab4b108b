"""Backups: made, verified, restored, tried out; sealed to two holders of keys."""
