"""The pages as people use them, in Chromium, on a hospital that was simulated."""
