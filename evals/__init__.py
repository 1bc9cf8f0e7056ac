"""How we know: cases, runs and scores."""
