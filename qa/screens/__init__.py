"""What the person sees: HTML and handlers for app.py."""
