"""What the warehouse's promises about speed and memory measure to: ``make bench``."""
