"""The index by which the desk finds photos: newsroom/held.py."""

from django.db import migrations

from newsroom import held


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("articles", "0013_page_versions")]
    operations = [migrations.RunPython(*held.create("articles", "Photo", "title", "alt", "caption", "credit"))]
