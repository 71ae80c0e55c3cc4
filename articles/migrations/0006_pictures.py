"""Which photos stand in which texts, noted beside them."""

import re

from django.db import migrations, models


def note(apps, editor):
    photos = set(apps.get_model("articles", "Photo").objects.values_list("pk", flat=True))
    for name in ("Article", "Page"):
        model = apps.get_model("articles", name)
        through = model.pictures.through
        bodies = model.objects.filter(body__contains='data-photo="').values_list("pk", "body")
        through.objects.bulk_create(
            [
                through(**{f"{name.lower()}_id": pk, "photo_id": photo})
                for pk, body in bodies.iterator()
                for photo in {int(number) for number in re.findall(r'data-photo="(\d{1,18})"', body)} & photos
            ],
            batch_size=1000,
        )


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_article_related_at")]

    operations = [
        migrations.AddField(
            "article", "pictures", models.ManyToManyField(editable=False, related_name="+", to="articles.photo")
        ),
        migrations.AddField(
            "page", "pictures", models.ManyToManyField(editable=False, related_name="+", to="articles.photo")
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
