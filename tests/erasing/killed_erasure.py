"""Erases a patient in a process that a failpoint kills."""

import sys

from pipelines.erasing.erasing import erase
from pipelines.erasing.register import Order
from pipelines.settings import load_settings

if __name__ == "__main__":
    erase(load_settings(), sys.argv[1], Order("request 13", "d.officer", "operator"))
