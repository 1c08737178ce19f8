"""The world of the access matrix, for the attacks: two schools and one signed-in user of each capacity."""

from tests.test_access_matrix import sessions, world

__all__ = ["sessions", "world"]
