"""The steps a trust may switch off, in the words of the field."""

from __future__ import annotations

from collections.abc import Iterable

from trust.models import FULL, LIGHT, TrustProfile
from trust.preferences.parts import Part, Preset, Setting

ON_OFF = ((True, "On"), (False, "Off"))

STEPS: tuple[Setting, ...] = tuple(
    Setting(name, label, FULL[name], "steps", help, choices, always_written=True)
    for name, label, help, choices in (
        ("chair_sees_agenda", "Chair sees the agenda first",
         "The Chair issues the agenda or returns it. It lapses after the days set under Deadlines; "
         "where it is off, the Chair is copied at issue",
         (("lapses", "On, lapses"), ("required", "On, required"), ("off", "Off"))),
        ("papers", "Papers and pack",
         "No paper need be written: the pack is then the agenda and the school on a page", ON_OFF),
        ("accuracy_check", "Accuracy check",
         "Of minutes and of the annual report, by those who were there and by the schools in it",
         ON_OFF),
        ("judgement_per_item", "Judgement per item",
         "The Chair’s, on enquiries, and may be left blank", ON_OFF),
        ("actions_closed_by", "Actions closed by", "Never by their own owner",
         (("next_meeting", "The next board (CEO or DSI sooner)"), ("officers", "CEO or DSI only"))),
        ("visit_reply", "School’s reply to visit records",
         "A record files itself when no reply comes", ON_OFF),
        ("report_to_schools", "Annual report to schools",
         "Each headteacher reads the own section once the Trust Board has had the report", ON_OFF),
    )
)  # fmt: skip


def steps_part(profile: TrustProfile) -> Iterable[Part]:
    """The optional steps, with Light and Full."""
    yield Part(
        slug="steps",
        title="Steps",
        lede="Steps of boards, visits and reports that the trust may do without",
        takes_effect="Boards dated from now on follow them; boards that have their date keep the "
        "steps they were dated with. Visit records and annual reports follow them from now on",
        row=profile,
        settings=STEPS,
        presets=(Preset("light", "Light", LIGHT), Preset("full", "Full", FULL)),
    )
