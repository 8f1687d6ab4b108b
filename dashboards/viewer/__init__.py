"""The results viewer: all of a patient's results, tests down and time across."""
