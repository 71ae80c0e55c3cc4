"""What is known of the links that become cards."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0003_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500, unique=True)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('author', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField(blank=True)),
                ('text_language', models.CharField(blank=True, max_length=12)),
                ('picture', models.CharField(blank=True, max_length=60)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('found', 'Found'), ('nothing', 'Nothing')], default='waiting', max_length=7)),
                ('fetched_at', models.DateTimeField(auto_now=True)),
            ],
        ),
    ]
