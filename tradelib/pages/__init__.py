"""A target's page: what it says, its pictures, and the one file that holds all of it."""
