"""Where the services keep conversations between turns."""
