"""Canaries: values that nobody could guess, planted everywhere and looked for."""
