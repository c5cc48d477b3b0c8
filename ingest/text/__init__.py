"""From the lines of a file to documents: cleaned, split, dated, with sections and tables."""
