"""What was measured, for people: one HTML file, and the tables of the READMEs."""
