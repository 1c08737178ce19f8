"""What research asks of training, as prompts that may be left: never required, never scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Education Endowment Foundation, "Effective professional development" (2021): fourteen mechanisms in four groups.
MECHANISMS: dict[str, dict[str, str]] = {
    "Build knowledge": {
        "load": "Manage cognitive load",
        "revisit": "Revisit prior learning",
    },
    "Motivate staff": {
        "goals": "Set and agree on goals",
        "source": "Present information from a credible source",
        "affirm": "Provide affirmation and reinforcement after progress",
    },
    "Develop teaching techniques": {
        "instruct": "Instruct staff on how to perform a technique",
        "social": "Arrange practical social support",
        "model": "Model the technique",
        "feedback": "Monitor and provide feedback",
        "rehearse": "Rehearse the technique",
    },
    "Embed practice": {
        "cues": "Provide prompts and cues",
        "plan": "Prompt action planning",
        "monitor": "Encourage monitoring",
        "repeat": "Prompt context-specific repetition",
    },
}

# Department for Education, "Standard for teachers' professional development" (2016): its five parts.
STANDARD: dict[str, str] = {
    "outcomes": "It has a focus on improving and evaluating pupil outcomes",
    "evidence": "It is underpinned by robust evidence and expertise",
    "collaboration": "It includes collaboration and expert challenge",
    "sustained": "It is sustained over time",
    "leadership": "It is prioritised by school leadership",
}
ANSWERS = {"yes": "Yes", "partly": "Partly", "no": "No"}

NAMES = {key: name for group in MECHANISMS.values() for key, name in group.items()}


def balance(chosen: Iterable[str]) -> str:
    """Whether each of the four groups has a mechanism, in words; empty when none is chosen."""
    held = set(chosen) & set(NAMES)
    if not held:
        return ""
    empty = [group for group, members in MECHANISMS.items() if not held & set(members)]
    if not empty:
        return "Balanced design: at least one mechanism of each group"
    return f"No mechanism yet to: {', '.join(group.lower() for group in empty)}"


def mechanism_words(chosen: Iterable[str]) -> str:
    """The names of the mechanisms chosen, in their order."""
    held = set(chosen)
    return ", ".join(name for key, name in NAMES.items() if key in held)


def standard_words(answers: Mapping[str, str]) -> str:
    """The answers to the five parts, in their order."""
    return "; ".join(
        f"{words}: {ANSWERS[answers[key]].lower()}"
        for key, words in STANDARD.items()
        if answers.get(key) in ANSWERS
    )
