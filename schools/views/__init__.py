"""Pages of the register, the posts and the term dates."""
