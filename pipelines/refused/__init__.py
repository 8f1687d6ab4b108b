"""Decisions about refused rows: replay, release, discard, close; and corrections."""
