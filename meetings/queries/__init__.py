"""Read models of the meeting engine: the way of a meeting, its minutes, its actions."""
