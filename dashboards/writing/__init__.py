"""What doctors and nurses write on a chart: a form for each, and what was saved."""
