"""What size and distance predict, and how far above it pairs live."""
