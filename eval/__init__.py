"""From gold questions to scores."""
