"""A person's notes, conversations and feedback, kept in the home."""
