"""When it was worked out what to read after an article."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_link'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='related_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
