from django.db import migrations, models


def forget_keys(apps, schema_editor):
    """What was erased keeps no key of its words either."""
    emptied = apps.get_model('comments', 'ReaderComment').objects.filter(comment='').exclude(text_key='')
    emptied.update(text_key='')


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0003_digest'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['comment'], name='report_open'),
        ),
        migrations.RunPython(forget_keys, migrations.RunPython.noop),
    ]
