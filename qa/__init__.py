"""From a question to an Answer whose every sentence leads to a span of a document."""
