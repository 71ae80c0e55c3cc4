"""Build the indexes of the searches anew: the readers' and the desk's."""

from django.core.management.base import BaseCommand

from articles import search
from articles.models import Article
from newsroom.held import mend


class Command(BaseCommand):
    help = (
        "Build the index of the search anew, from every article that has a date; readers find what is there meanwhile."
    )

    def handle(self, **options):
        done = search.rebuild(Article.objects.exclude(published_at=None))
        mend.call()
        self.stdout.write(f"{done} articles are in the index.")
