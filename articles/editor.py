"""The rich-text editor of the desk: its words are those of articles/body.py, its buttons stand in a template."""

import json

from django import forms
from django.conf import settings
from django.forms import Script
from django.utils import translation
from js_asset import ImportMap
from js_asset import Media as ImportMapMedia

from articles import body
from newsroom.html import clean

MODULES = ImportMap(
    {
        "django-prose-editor/editor": "django_prose_editor/editor.js",
        "desk/address": "js/desk-address.js",
        "desk/alt": "js/desk-alt.js",
        "desk/figure": "js/desk-figure.js",
        "desk/hints": "js/desk-hints.js",
        "desk/nodes": "js/desk-nodes.js",
        "desk/paste": "js/desk-paste.js",
        "desk/photos": "js/desk-photos.js",
    }
)


def editor_vocabulary():
    """Return what each element may carry, by the editor's name for it: {"italic": ["lang"], …}."""
    return {
        name: sorted({attribute for attributes in tags.values() for attribute in attributes if attribute != "class"})
        for name, tags in body.VOCABULARY.items()
    }


def sides():
    """Return what a page of each language writes on the two pictures of a comparison: {"fr": ["Avant", "Après"], …}."""
    words = {}
    for code in settings.EDITIONS:
        with translation.override(code):
            words[code] = [str(side) for side in body.SIDES]
    return words


class BodyEditor(forms.Textarea):
    """A text area of HTML that the script makes an editor; without the script it stays a text area."""

    template_name = "admin/articles/widgets/body.html"

    @property
    def media(self):
        return ImportMapMedia(
            importmap=MODULES,
            css={"all": ["css/desk-editor.css"]},
            js=[Script("js/desk-editor.js", type="module")],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"data-editor": json.dumps(editor_vocabulary()), "rows": 24}
        context["sides"] = json.dumps(sides())
        return context


class BodyField(forms.CharField):
    """HTML in the words of articles/body.py, whoever wrote it: the editor, a word processor or a hand."""

    widget = BodyEditor

    def to_python(self, value):
        typed = super().to_python(value)
        self.run_validators(typed)  # cleaned, a NUL would pass
        return body.without_idle_rows(clean(body.adopt(body.paragraphs(typed)), body.POLICY))
