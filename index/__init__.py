"""From Chunks to a saved index, and from a query to Hits."""
