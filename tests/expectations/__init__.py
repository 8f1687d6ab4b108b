"""Tests of the suites and of the engine that judges by them."""
