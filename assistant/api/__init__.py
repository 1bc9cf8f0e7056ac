"""The HTTP interface for programs: ask, sources, health, and a thin layer for clients of OpenAI's API."""
