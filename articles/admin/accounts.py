"""Accounts at the desk: with a new one, who signs what is written there."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Author
from newsroom.models import User
from newsroom.people_admin import MODERATOR, OWNER, DeskUserAdmin, NewUserForm

NEW = "new"


class NewWriterForm(NewUserForm):
    """Somebody who shall work here, and the author that he is to readers."""

    author = forms.ChoiceField(
        label=_("Signs as"),
        required=False,
        help_text=_("What is written with this account is signed with this name. Who only moderates needs none."),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        # Who becomes the site's author, and so may change where readers' money goes, an owner says on the author's form.
        free = Author.objects.filter(account=None, is_site_author=False)
        known = [(str(author.pk), author.name) for author in free]
        self.fields["author"].choices = [(NEW, _("a new author of this name")), *known, ("", _("the site’s author"))]
        self.initial.setdefault("author", NEW)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == MODERATOR and "author" not in self.changed_data:
            cleaned["author"] = ""  # nobody asked for an author: who only moderates signs nothing
        if cleaned.get("author") == NEW and not (cleaned.get("first_name") or cleaned.get("last_name")):
            self.add_error("first_name", _("Readers shall see this name: say it, or choose who signs."))
        return cleaned

    def _save_m2m(self):
        super()._save_m2m()
        chosen = self.cleaned_data.get("author")
        if chosen == NEW:
            if self.cleaned_data["role"] != OWNER and not Author.objects.exists():
                Author.objects.signing(self.by).save()  # whose site it is, before who works for him
            Author.objects.named(self.instance.get_full_name(), self.instance).save()
        elif chosen:
            author = Author.objects.get(pk=chosen)
            author.account = self.instance
            author.save()


admin.site.unregister(User)


@admin.register(User)
class WriterAdmin(DeskUserAdmin):
    add_form = NewWriterForm
    add_fieldsets = ((None, {"fields": (*DeskUserAdmin.add_fieldsets[0][1]["fields"], "author")}),)
