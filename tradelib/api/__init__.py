"""Bundled data bound to the science: a question in, its answer out."""
