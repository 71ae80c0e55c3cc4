"""Erase all that is kept of one address."""

from django.core.management.base import BaseCommand

from comments import rights
from comments.keys import email_key


class Command(BaseCommand):
    help = "Erase the comments, the unconfirmed ones, the address and the name of one commenter."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email, **options):
        count = rights.erase(email_key(email))
        self.stdout.write(f"Comments erased: {count}.")
