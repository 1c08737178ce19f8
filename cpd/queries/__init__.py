"""Read models of training: requests, the Group, purchases, impact, practice."""
