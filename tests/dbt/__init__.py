"""Tests of the dbt project: what it promises and what its builds leave behind."""
