"""How we find it: passages and their questions to vectors, a question to hits."""
