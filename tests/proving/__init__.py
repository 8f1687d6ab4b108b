"""Marts built by patients touched against a full rebuild."""
