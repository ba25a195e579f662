"""Evidence in, a verdict out."""
