"""Template tags of the training room."""
