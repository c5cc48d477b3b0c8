"""The screen on which people measure with questions of their own."""
