import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_the_whole_hour"),
        ("ratings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionOfRating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="raised_by_rating",
                        to="meetings.action",
                    ),
                ),
                (
                    "rating",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions_raised",
                        to="ratings.ratingassessment",
                    ),
                ),
            ],
            options={"verbose_name_plural": "actions of ratings"},
        ),
    ]
