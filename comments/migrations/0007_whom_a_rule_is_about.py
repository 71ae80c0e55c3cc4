import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    """Say of the rules there are which comment each was made about, as far as it is known."""
    rule_of, event_of, contact_of = (
        apps.get_model("comments", name) for name in ("BlockRule", "ModerationEvent", "CommentContact")
    )
    for rule in rule_of.objects.filter(kind__in=["person", "network"]):
        events = event_of.objects.filter(batch=rule.batch, action="block") if rule.batch else event_of.objects.none()
        found = events.values_list("comment", flat=True).first()
        if not found and rule.kind == "person":
            contacts = contact_of.objects.filter(email_key=rule.value).order_by("-comment")
            found = contacts.values_list("comment", flat=True).first()
        if found:
            rule_of.objects.filter(pk=rule.pk).update(comment=found)


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0006_team_answers_and_what_rules_dropped'),
    ]

    operations = [
        migrations.AddField(
            model_name='blockrule',
            name='comment',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='comments.readercomment'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
