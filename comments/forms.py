"""What a reader fills in. Each refusal stands at its field, and every word typed stays."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import pgettext_lazy

from articles.models import Author
from comments import people, text
from comments.models import Report
from newsroom.borrowed_words import gettext_lazy as _
from newsroom.mail import as_sent
from newsroom.parts import kept_values

MAX_TEXT = 5000
MAX_NOTE = 500
MAX_ADDRESS = 254


def name_key(name):
    """Return a name as an eye takes it: case, accents of width and signs between letters make no difference."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def _author_names():
    """Return the keys of the authors' names, which the page store keeps until one of them changes."""

    def read(_keys):
        return {"": [name_key(name) for name in Author.objects.order_by().values_list("name", flat=True)]}

    return kept_values({"": "author names"}, read)[""]


class WorldwideAddress(EmailValidator):
    """An address to which a mail can go: not name@localhost, nor name@[127.0.0.1]."""

    literal_regex = re.compile("(?!)")

    def __init__(self):
        super().__init__(allowlist=[])

    def __call__(self, value):
        super().__call__(value)
        try:
            fits = len(as_sent(value)) <= MAX_ADDRESS
        except UnicodeError:  # letters of other alphabets, more than a domain's name can hold
            fits = False
        if not fits:
            raise ValidationError(self.message, code=self.code, params={"value": value})


class AtMost(MaxLengthValidator):
    """Refuses what is too long with numbers as the page's language writes them: 5 000, 5,000.

    In the place of a field's max_length, with which a browser cuts a long paste without a word.
    """

    message = _("At most %(limit_value)s characters; this has %(show_value)s. Nothing is lost: shorten it here.")

    def clean(self, value):
        return len(value.replace("\r\n", "\n"))  # what is one sign to who typed it

    def __call__(self, value):
        try:
            super().__call__(value)
        except ValidationError as refused:
            for name in ("limit_value", "show_value"):
                refused.params[name] = number_format(refused.params[name], force_grouping=True)
            raise


class AddressField(forms.EmailField):
    default_validators = [WorldwideAddress()]


class CommentForm(forms.Form):
    """One comment. The page it stands on may be days old, so it holds no token and no time."""

    comment = forms.CharField(
        label=_("Comment"),
        help_text=format_lazy(
            _("Plain text, at most {most} characters. E-mail addresses in it are hidden."),
            most=lazy(lambda: number_format(MAX_TEXT, force_grouping=True), str)(),
        ),
        validators=[AtMost(MAX_TEXT)],
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        error_messages={"required": _("Write your comment here.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=50,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
        error_messages={
            "required": _("Give the name that will stand above your comment."),
            "max_length": _("A name has at most %(limit_value)s characters; this one has %(show_value)s."),
        },
    )
    email = AddressField(
        label=_("E-mail"),
        help_text=_("Your address is not published. We send a message there, which you open to confirm your comment."),
        max_length=MAX_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Give your address: you confirm your comment by a message sent there."),
            "invalid": _("This is not a complete e-mail address. It looks like name@example.org."),
        },
    )
    follows = forms.BooleanField(label=_("Write to me when somebody answers"), required=False)
    # People do not see it; programs that fill in whatever they find do.
    subject = forms.CharField(
        label=pgettext_lazy("trap for robots", "Leave this empty"),
        required=False,
        max_length=None,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **{"auto_id": "comment-form-%s"} | options)

    def clean_comment(self):
        words = text.plain(self.cleaned_data["comment"])
        if not words:
            raise forms.ValidationError(self.fields["comment"].error_messages["required"])
        return words

    def clean_name(self):
        name = text.one_line(self.cleaned_data["name"])
        if not name_key(name):
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        if text.ADDRESS.search(name):
            raise forms.ValidationError(_("This is an e-mail address, and the name is published: give another."))
        if name_key(name) in {*_author_names(), *map(name_key, people.team_names())}:
            raise forms.ValidationError(_("This name is the author’s or the team’s: give another."))
        return name

    @property
    def is_trapped(self):
        return bool(self.data.get("subject"))


class ReportForm(forms.Form):
    """Why a comment should not stand."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Report.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    note = forms.CharField(
        label=_("In your words (optional)"),
        validators=[AtMost(MAX_NOTE)],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    subject = CommentForm.base_fields["subject"]

    def __init__(self, *args, **options):
        super().__init__(*args, **{"auto_id": "report-form-%s"} | options)

    def clean_note(self):
        return text.without_addresses(text.plain(self.cleaned_data["note"]))[:MAX_NOTE]

    @property
    def is_trapped(self):
        return bool(self.data.get("subject"))


class AddressForm(forms.Form):
    """The address to which the link to one's own comments is sent."""

    email = AddressField(
        label=_("E-mail"),
        max_length=MAX_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Give the address with which you commented: the link is sent there."),
            "invalid": CommentForm.base_fields["email"].error_messages["invalid"],
        },
    )
