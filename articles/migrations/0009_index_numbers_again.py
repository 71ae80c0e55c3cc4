"""Numbers are found however their groups are written: what was indexed before is indexed again, in the background."""

from django.db import migrations


def index_again(apps, editor):
    if apps.get_model("articles", "Article").objects.exists():
        from articles.indexing import index_again

        index_again.enqueue()


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_services_by_name"), ("django_tasks_database", "0021_conditional_partial_index_ordering")]
    operations = [migrations.RunPython(index_again, migrations.RunPython.noop)]
