"""A language model in one slot: what it is asked, and which of its sentences are let through."""
