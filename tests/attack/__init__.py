"""Attacks on the running house: bad input, writes by GET, canaries, second clicks, limits and headers.

`EYELINE_ATTACK=full` sends the whole corpus to every address as every capacity, and lets the canaries'
readers ask for every page; the default suite takes a fixed part of both.

What must never happen, and the tests that fail when its rule is taken away (each was tried):

* another school's rating: the rows `ratings:rating-detail` of the access matrix, and `test_canaries.py`;
* a leader and a draft agenda: `progress_boards/test_agenda_life.py`
  (`test_leader_sees_no_draft_agenda_and_the_issued_one`), and `item_draft` in `test_canaries.py`;
* the Chief Executive and who answers: the rows `progress_boards:board-school` and `board-answer-all`;
* the Chief Executive and minutes: the rows `meetings:minute-save` and `meetings:minutes-edit`, and
  `meetings/test_minutes.py`;
* the administrator and minutes: the rows `progress_boards:board-minutes`, and `test_canaries.py`;
* a provider and others' visits: the rows `evidence:visit-page`, and `test_canaries.py`;
* Part B and anybody who did not stay, a delegate of somebody who did: `meetings/test_part_b.py`, and
  `partb_...` in `test_canaries.py`; papers, mail, logs, audit and tables: `test_confidential.py`;
* the end of a term of office, from any seat: `people/test_access_ends.py`;
* names in a redacted copy: `meetings/test_redacted.py`;
* a paper that would stop or poison a pack: `test_bad_papers.py`; a worker killed at one: `test_killed_worker.py`;
* two at one moment at agenda, hour, Part B and report: `test_hour_at_once.py`;
* a superseded rating, which stays open to read: `ratings/test_pages.py`
  (`test_a_superseded_rating_still_opens`), and `summary_superseded` in `test_canaries.py`.

Sessions, the second factor and the demo's buttons: `people/test_sign_in.py`; codes by e-mail: `people/test_codes.py`.
"""
