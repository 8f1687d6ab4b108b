"""Scorecards, printable reports and alerts."""
