"""The local language model, or one at an address."""
