"""Pages of PDF files: from glyphs and lines to text in reading order, with tables."""
