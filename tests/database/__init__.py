"""Tests of the databases, their logins and addresses."""
