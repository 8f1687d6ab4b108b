"""How the checks of every source stand, by cell of Kahn's framework, with history."""

from dashboards.quality.scorecard import show_scorecard

show_scorecard()
