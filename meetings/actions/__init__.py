"""Every write of the meeting engine: scheduling, agenda, minutes, accuracy, follow-up."""
