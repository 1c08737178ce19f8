"""Pages of the meeting engine."""
