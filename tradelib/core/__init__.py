"""Arithmetic on numbers and tidy frames: the ground on which every floor stands."""
