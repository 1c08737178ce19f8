from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trust", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="calendar",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                verbose_name="entry for the reader's calendar, as iCalendar",
            ),
        ),
    ]
