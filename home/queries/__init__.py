"""What the pages under the roof read of every app."""

from home.queries.my_work import coming_up, greeting, own_schools, standing_words

__all__ = ["coming_up", "greeting", "own_schools", "standing_words"]
