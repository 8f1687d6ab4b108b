"""Golden vectors: cases with known answers, run by the rules that are installed."""
