"""What a clerk notes in one line: "? question → answer", "+ evidence", "@who by date action"."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHALLENGE, EVIDENCE, ACTION = "challenge", "evidence", "action"
SIGNS = (
    (re.compile(r"\?\s*"), CHALLENGE),
    (re.compile(r"/c\b\s*", re.IGNORECASE), CHALLENGE),
    (re.compile(r"\+\s*"), EVIDENCE),
    (re.compile(r"/e\b\s*", re.IGNORECASE), EVIDENCE),
    (re.compile(r"/a\b\s*(?=@|$)|/a\b\s*", re.IGNORECASE), ACTION),
    (re.compile(r"(?=@)"), ACTION),
)
ARROW = re.compile(r"\s*(?:→|->|=>)\s*|\s+>\s+")
SPEAKER = re.compile(
    r"(?P<role>[^\W\d][^:?!.]{1,59}?)(?:\s+(?:asked|said|answered|replied))?:\s+(?P<words>.*)",
    re.DOTALL,
)
QUESTION_WORDS = frozenset(
    [
        "what",
        "why",
        "how",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "might",
        "if",
    ]
)
LONGEST_ROLE = 5
"""Words of the longest post: "Director of School Improvement" and one more."""
WAYS = (
    (("seen in the room", "in the room", "room", "seen"), "in_room"),
    (("paper",), "paper"),
    (("record of visit", "visit"), "visit"),
    (("stated", "said"), "stated"),
)
LONGEST_EVIDENCE = 200
NO_SIGN = (
    "Begin with ? for a challenge, + for evidence or @ for an action. "
    "What was said goes in the box above"
)


@dataclass(frozen=True)
class NoteLine:
    """What was read from one line; `problem` says in words what is missing."""

    kind: str = ""
    asked_by: str = ""
    question: str = ""
    response: str = ""
    answered_by: str = ""
    what: str = ""
    how: str = ""
    action: str = ""
    """The rest of an action's line, for whoever knows the posts and the day."""
    problem: str = ""

    @property
    def words(self) -> dict[str, str]:
        """The words by the names of whoever keeps them."""
        names = ("what", "how") if self.kind == EVIDENCE else (
            "asked_by", "question", "response", "answered_by"
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def read_note(line: str, *, asked_by: str = "", answered_by: str = "") -> NoteLine:
    """Read one line by its first sign; who asks and who answers may be left out and are then as given."""
    kind, rest = _sorted(" ".join(line.split()))
    if not kind:
        return NoteLine(problem=NO_SIGN)
    if kind == CHALLENGE:
        return _challenge(rest, asked_by, answered_by)
    if kind == EVIDENCE:
        return _evidence(rest)
    return NoteLine(ACTION, action=rest, problem="" if rest else "Write what is to be done")


def _sorted(line: str) -> tuple[str, str]:
    """The kind that the first sign says, and what stands after the sign; "" when there is none."""
    for sign, kind in SIGNS:
        if match := sign.match(line):
            return kind, line[match.end() :].strip()
    return "", line


def _challenge(text: str, asked_by: str, answered_by: str) -> NoteLine:
    question, *answer = ARROW.split(text, maxsplit=1)
    asker, question = _speaker(question, asked_by)
    answerer, response = _speaker(answer[0] if answer else "", answered_by)
    problem = "" if question else "Write what was asked, and after → the answer"
    return NoteLine(
        CHALLENGE,
        asked_by=asker,
        question=question,
        response=response,
        answered_by=answerer if response else "",
        problem=problem,
    )


def _speaker(text: str, otherwise: str) -> tuple[str, str]:
    """The role before a colon, and the words after it; without one the role that is given."""
    text = text.strip()
    match = SPEAKER.fullmatch(text)
    if match and _is_role(match["role"].split()):
        return match["role"].strip(), match["words"].strip()
    return otherwise, text


def _is_role(words: list[str]) -> bool:
    """A few words that do not begin a question: in "What about this: staffing" nobody is named."""
    return len(words) <= LONGEST_ROLE and words[0].casefold() not in QUESTION_WORDS


def _evidence(text: str) -> NoteLine:
    how, what = "in_room", text
    for words, value in WAYS:
        for word in words:
            if match := re.match(rf"{word}\s*:\s*", text, re.IGNORECASE):
                return _seen(value, text[match.end() :].strip())
    if re.match(r"paper\s+\d", text, re.IGNORECASE):
        how = "paper"
    return _seen(how, what)


def _seen(how: str, what: str) -> NoteLine:
    problem = "" if what else "Write what was put forward"
    if len(what) > LONGEST_EVIDENCE:
        problem = f"Keep the evidence within {LONGEST_EVIDENCE} characters: it has {len(what)}"
    return NoteLine(EVIDENCE, what=what, how=how, problem=problem)
