"""Tests of how services are started, watched and stopped."""
