"""Deliberately broken assistants, by the step of the line that is broken; evals/mutants.py runs them."""
