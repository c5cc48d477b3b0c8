"""Topic → Briefing, and its files."""
