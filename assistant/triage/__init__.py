"""The red-flag gate: runs first, on the raw message, and needs neither index nor model."""
