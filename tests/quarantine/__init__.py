"""Decisions about refused rows."""
