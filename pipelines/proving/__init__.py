"""The proof of the night: what is built by patients touched is what a rebuild gives."""
