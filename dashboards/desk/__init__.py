"""The desk: who patients are, whom to reach, who pays, when they come."""
