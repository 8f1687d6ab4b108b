"""Tests, by package; rules of single models are dbt unit tests beside them."""
