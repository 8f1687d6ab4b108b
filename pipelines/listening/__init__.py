"""Listening for HL7 v2 over MLLP: nothing is acknowledged that is not kept."""
