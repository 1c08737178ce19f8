"""The year's training in the Chair's report: what was asked for, spent and said to have changed.

Figures, of the requests whose training starts in the year, as each stood at the end of the cut-off:

* *Raised with the Strategy Group*: raised by the cut-off and not listed only; a draft never counts.
* *Going ahead*: of those, the ones the school decided to go ahead with and had not withdrawn.
* *Listed only*: statutory and nationally funded training, which is neither advised on nor reviewed.
* *Spend*: of what goes ahead or is listed only: fee and materials, or the school's share of a purchase
  bought by the cut-off instead; travel and cover always. *A head*: all spend over all staff; the median is
  of the single trainings.
* *Spend with evidence*: of the spend on what is reviewed, that with a review at Guskey's level 4 or 5
  answered met, partly met or not met by the cut-off; "too early to say" is no evidence.
* *Late*: reviews whose day was past at the cut-off and that nobody had answered.
* *Advice*: the last of each request by the cut-off, and beside it what the school decided: the school's
  own choice, whatever the advice.

Everything is a total: no request, no draft, no person is named.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.timezone import localtime

from cpd import figures
from cpd.figures import Training
from cpd.models import Advice, CpdRequest
from cpd.queries.projects import practice_of_year
from cpd.queries.value import SHARED, trainings_of
from trust.models import AcademicYear
from trust.templatetags.eyeline import money

Facts = dict[str, Any]
GOING = ("proceed", "amended", "join", "despite")

DEFINITIONS = {
    "training_raised": "Raised by the cut-off for training that starts in the year; drafts and what is listed only are left out",
    "training_going": "Of those raised, the ones that schools go ahead with by their own decision",
    "training_listed": "Statutory and nationally funded training: neither advised on nor reviewed",
    "training_spend": "What goes ahead or is listed only: fee and materials, or the school’s share of a shared purchase once bought; travel and cover",
    "training_head": "All spend over all staff; the median is that of the single trainings",
    "training_evidence": "Of the spend on training that is reviewed, that with a review at level 4 or 5 answered met, partly met or not met",
    "training_practice": "Cards shared, projects by how they stand, and visits between schools made by the cut-off; by school: the visits it received",
    "training_late": "Reviews whose day was past at the cut-off and that nobody had answered",
}


def training_facts(year: AcademicYear, cut_off: dt.date) -> Facts:
    """The figures as plain JSON, in a fixed number of queries; empty when the year had no training."""
    raised = list(_raised(year, cut_off))
    rows = trainings_of(year, cut_off, as_at=cut_off)
    if not raised and not rows:
        return {}
    return {
        "rows": [*_rows(raised, rows, cut_off), *_practice(year, cut_off)],
        "schools": _divided(rows, lambda row: row.school),
        "kinds": _divided(rows, lambda row: row.kind),
        "advice": _advice(raised, cut_off),
        "verdicts": _verdicts(rows),
    }


def _raised(year: AcademicYear, cut_off: dt.date) -> Iterable[CpdRequest]:
    return (
        CpdRequest.objects.raised()
        .of_year(year)
        .filter(raised_at__date__lte=cut_off, listing="")
        .select_related("school")
        .prefetch_related("advice")
        .order_by("school__name", "number")
    )


def _stood(request: CpdRequest, cut_off: dt.date) -> str:
    """What the school had decided by the cut-off: a decision, "withdrawn", or "" for not yet."""

    def by_then(moment: dt.datetime | None) -> bool:
        return moment is not None and localtime(moment).date() <= cut_off

    if request.state == "withdrawn" and by_then(request.withdrawn_at):
        return "withdrawn"
    return request.decision if by_then(request.decided_at) else ""


# -- the measures ----------------------------------------------------------------------------------


def _rows(raised: list[CpdRequest], rows: list[Training], cut_off: dt.date) -> list[Facts]:
    going = [each for each in raised if _stood(each, cut_off) in GOING]
    listed = [row for row in rows if not row.is_reviewed and row.kind != SHARED]
    evidence = figures.evidenced(rows)
    share = evidence.percent
    typical = figures.median_a_head(rows)
    return [
        _counted("training_raised", "Requests raised with the Strategy Group", raised),
        _counted("training_going", "Requests going ahead", going),
        _row("training_listed", "Listed only", str(len(listed)), _by_school(listed, _number)),
        _row("training_spend", "Spend on training", money(figures.total(rows)),
             _by_school(rows, lambda part: money(figures.total(part)))),
        _row("training_head", "Cost a head",
             f"{money(figures.cost_a_head(rows)) or '–'} (median {money(typical) or '–'})",
             _by_school(rows, lambda part: money(figures.cost_a_head(part)) or "–")),
        _row("training_evidence", "Spend with evidence at levels 4 and 5",
             "–" if share is None else f"{share}% ({money(evidence.spend)} of {money(evidence.of)})",
             _by_school(rows, _evidence_words)),
        _row("training_late", "Impact reviews late at the cut-off", str(sum(r.late for r in rows)),
             _by_school(rows, lambda part: str(sum(r.late for r in part)))),
    ]  # fmt: skip


def _practice(year: AcademicYear, cut_off: dt.date) -> list[Facts]:
    """Joint practice development in the year, in one row; none when there was none."""
    found = practice_of_year(year, until=cut_off)
    told = [f"{n} {label.lower()}" for label, n in found.projects.items()]
    parts = [_few(found.cards, "practice card"), *told, _few(found.visits, "visit")]
    if not (found.cards or found.projects or found.visits):
        return []
    words = ", ".join(part for part in parts if part)
    schools = [{"name": name, "words": str(n)} for name, n in sorted(found.hosted.items())]
    return [_row("training_practice", "Joint practice development", words, schools)]


def _few(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _row(key: str, label: str, words: str, schools: list[Facts]) -> Facts:
    return {
        "key": key, "label": label, "year": words, "schools": schools,
        "definition": DEFINITIONS[key],
    }  # fmt: skip


def _counted(key: str, label: str, requests: list[CpdRequest]) -> Facts:
    counts = Counter(each.school.name for each in requests)
    schools = [{"name": name, "words": str(n)} for name, n in sorted(counts.items())]
    return _row(key, label, str(len(requests)), schools)


def _by_school(rows: Sequence[Training], words: Callable[[Sequence[Training]], str]) -> list[Facts]:
    groups: dict[str, list[Training]] = {}
    for row in rows:
        groups.setdefault(row.school, []).append(row)
    return [{"name": name, "words": words(groups[name])} for name in sorted(groups)]


def _number(rows: Sequence[Training]) -> str:
    return str(len(rows))


def _evidence_words(rows: Sequence[Training]) -> str:
    share = figures.evidenced(rows).percent
    return "–" if share is None else f"{share}%"


def _divided(rows: Sequence[Training], key: Callable[[Training], str]) -> list[Facts]:
    return [
        {
            "name": row.label,
            "trainings": row.trainings,
            "spend": money(row.spend),
            "share": f"{row.share}%",
            "a_head": money(row.a_head) or "–",
            "evidence": money(row.with_evidence),
        }
        for row in sorted(figures.breakdown(rows, key), key=lambda row: (-row.spend, row.label))
    ]


# -- advice, decisions, verdicts -------------------------------------------------------------------


def _advice(raised: list[CpdRequest], cut_off: dt.date) -> list[Facts]:
    """Each advice, and what the schools decided beside it, told neutrally."""
    found: dict[str, list[CpdRequest]] = {}
    for request in raised:
        given = [a for a in request.advice.all() if localtime(a.recorded_at).date() <= cut_off]
        words = max(given, key=lambda a: (a.recorded_at, a.pk)).advice if given else ""
        found.setdefault(words, []).append(request)
    labels = [*((value, label) for value, label in Advice.Words.choices), ("", "No advice")]
    return [_decided(label, found[value], cut_off) for value, label in labels if value in found]


def _decided(label: str, requests: list[CpdRequest], cut_off: dt.date) -> Facts:
    stood = Counter(_stood(request, cut_off) for request in requests)
    return {
        "name": label,
        "n": len(requests),
        "going": sum(stood[each] for each in GOING),
        "amended": stood["amended"],
        "withdrawn": stood["withdrawn"],
        "open": stood[""],
    }


def _verdicts(rows: list[Training]) -> list[Facts]:
    counts = figures.verdicts(rows)
    labels = [(v.value, str(v.label)) for v in CpdRequest.Verdict if v.value]
    return [{"name": label, "n": counts[value]} for value, label in labels if counts[value]]
