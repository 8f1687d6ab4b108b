"""Access rules as a whole: worlds against an oracle, mutants, lints."""
