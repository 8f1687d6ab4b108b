"""What is written beside what happened agrees with it, and moves nothing of it."""
