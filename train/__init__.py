"""Training of the passage reader; nothing here is needed to answer questions."""
