from typing import Any

from django.db import migrations

READS = ("read_schedule", "read_minutes")


def let_lead_chairs_read(apps: Any, schema_editor: Any) -> None:
    """Boards are read by the lead of their year's report, and whoever leads an open one holds that post."""
    for kind in apps.get_model("meetings", "MeetingKind").objects.filter(slug="progress-board"):
        for act in READS:
            readers = kind.acts.setdefault(act, [])
            if "lead_chair" not in readers:
                readers.append("lead_chair")
        kind.save(update_fields=["acts"])
    post = apps.get_model("schools", "Post").objects
    open_ones = apps.get_model("progress_boards", "AnnualReport").objects.exclude(state="presented")
    for report in open_ones.select_related("academic_year"):
        post.get_or_create(
            person_id=report.lead_id,
            capacity="lead_chair",
            academic_year=report.academic_year,
            ends_on=None,
            defaults={
                "title": f"annual report {report.academic_year.name}",
                "starts_on": report.created_at.date(),
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_the_whole_hour"),
        ("progress_boards", "0007_report_numbered"),
        ("schools", "0002_a_post_for_one_year"),
    ]

    operations = [migrations.RunPython(let_lead_chairs_read, migrations.RunPython.noop)]
