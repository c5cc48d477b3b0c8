"""Public test collections, and reading on them."""
