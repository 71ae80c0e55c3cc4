from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0006_pictures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['published_at', '-modified_at', '-id'], name='article_by_state'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-modified_at', '-id'], name='article_by_change'),
        ),
    ]
