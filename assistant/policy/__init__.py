"""What Spotter looks up, what it leaves to others, and what it must never show."""
