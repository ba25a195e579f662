"""What is known from files: bundled tables, each row with its source and its day."""
