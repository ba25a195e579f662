"""What was promised, what became of it, and how promises fare."""
