"""Spotter for programs that speak the Model Context Protocol: ask, and read what is quoted."""
