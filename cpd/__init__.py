"""Training: what schools ask for, what the Strategy Group advises, what it changed, and joint practice development."""
