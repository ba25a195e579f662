"""How often has any pair done this? Episodes of other pairs and their base rate."""
