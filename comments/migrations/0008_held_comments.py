"""The index by which the desk finds comments: newsroom/held.py."""

from django.db import migrations

from newsroom import held


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("comments", "0007_whom_a_rule_is_about")]
    operations = [migrations.RunPython(*held.create("comments", "ReaderComment", "user_name", "comment"))]
