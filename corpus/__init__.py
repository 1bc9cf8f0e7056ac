"""What we know: the articles as received, how they were curated, and how they become passages."""
