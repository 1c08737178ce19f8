"""Attacks on the running house: bad input, writes by GET, canaries, second clicks, limits and headers.

`EYELINE_ATTACK=full` sends the whole corpus to every address as every capacity, and lets the canaries'
readers ask for every page; the default suite takes a fixed part of both.

What must never happen, and the test that fails when it does:

* another school's rating: `test_canaries.py` (no word of the other school from a post at the own one), and
  the rows `ratings:rating-detail` and `ratings:school-history` of the access matrix;
* a leader and a draft agenda: `test_canaries.py` (`item_draft`, `question_draft`);
* the Chief Executive and who answers: the rows `progress_boards:board-school` and `board-answer-all`;
* the Chief Executive and minutes: `meetings/test_minutes.py`, the rows `meetings:minute-save`,
  `minutes-edit` and `progress_boards:chair-minute`, and `test_canaries.py` (`minute_with_chair`);
* the administrator and minutes: `test_canaries.py` (nobody without a right), the rows `meetings:minutes`
  and `progress_boards:board-minutes`;
* a provider and others' visits: `test_canaries.py` (`visit_sent`, `visit_filed`), the row
  `evidence:visit-page`;
* the end of a term of office: `people/test_access_ends.py`;
* a superseded rating, which stays open to read: `test_canaries.py` (`summary_superseded`) and
  `ratings/test_life.py`; a withdrawn one, which does not: `summary_withdrawn`.

Sessions, the second factor and the demo's buttons: `people/test_sign_in.py`.
"""
