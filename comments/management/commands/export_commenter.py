"""Print all that is kept of one address, as JSON."""

import json

from django.core.management.base import BaseCommand

from comments import rights
from comments.keys import email_key


class Command(BaseCommand):
    help = "Print as JSON all that is kept of one e-mail address, and nothing of any other."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email, **options):
        self.stdout.write(json.dumps(rights.export(email_key(email)), indent=1, ensure_ascii=False))
