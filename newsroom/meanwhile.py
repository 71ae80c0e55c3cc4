"""What somebody else saved of a thing while its sheet was open here: kept where this sheet did not change it, else asked.

A sheet says in a hidden field, `read`, what stood in it when it was drawn, as a browser sends it. So three are compared,
field by field: what was read, what is sent now, and what a sheet would say that is drawn now. Articles and pages, which
keep their versions, are compared with those instead (articles/merging.py).
"""

import json
import re

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _

SIDES = ("mine", "theirs")


class Meanwhile:
    """The posted `data` of a sheet with what others saved since: what was `taken` of it, and what is `asked`.

    `form` and `formsets` are those of the thing as it is stored now, without data.
    """

    def __init__(self, posted, form, formsets):
        self.data, self.taken, self.asked = posted.copy(), [], []
        rows = rows_of(form, formsets)
        self.now = {row: said(one) for row, one in rows.items()}
        read, self._asked_before = _loaded(posted.get("read", ""))
        places = {"": "", **_places(posted, formsets)}
        for row in read.keys() & places.keys():
            if row in rows:
                self._merge(rows[row], places[row], read[row], self.now[row])
            else:
                self._let_go(row, places[row], read[row])

    def as_read(self):
        """Return the hidden field of the sheet that shows all this."""
        return written(self.now, [question["name"] for question in self.asked])

    def _merge(self, form, place, read, now):
        for name, was in read.items():
            if name not in now:
                continue
            whole = place + name
            mine, side = _texts(self.data.getlist(whole)), self.data.get(f"_take-{whole}")
            if whole in self._asked_before and side == "theirs":
                mine = was
                self.data.setlist(whole, was)
            open_still = whole in self._asked_before and side not in SIDES
            if _same(mine, now[name]) or (_same(was, now[name]) and not open_still):
                continue
            if _same(mine, was):
                self.data.setlist(whole, now[name])
                self.taken.append(_label(form, name))
            else:
                self.asked.append(_question(form, whole, name, mine, now[name]))

    def _let_go(self, row, place, read):
        """Save nothing of a row that somebody deleted; what was changed of it here begins one anew."""
        prefix = row.rpartition("/")[0]
        total = self.data.get(f"{prefix}-TOTAL_FORMS", "")
        changed = any(not _same(_texts(self.data.getlist(place + name)), was) for name, was in read.items())
        if changed and total.isdecimal() and len(total) < 5:
            for name in [name for name in self.data if name.startswith(place)]:
                self.data.setlist(f"{prefix}-{total}-{name.removeprefix(place)}", self.data.getlist(name))
            self.data[f"{prefix}-{total}-id"] = ""
            self.data[f"{prefix}-TOTAL_FORMS"] = str(int(total) + 1)
        self.data[f"{place}DELETE"] = "on"


def rows_of(form, formsets):
    """Return the forms of a sheet by a name that outlives their order: "" of the thing's own, "prefix/key" of a row's."""
    rows = {f"{formset.prefix}/{one.instance.pk}": one for formset in formsets for one in formset.initial_forms}
    return {"": form, **rows}


def said(form):
    """Return what a browser sends of a form that nobody touched, as {name without prefix: [texts]}; no file is of it."""
    sent = {}
    for bound in form:
        if not bound.field.disabled:
            sent |= _parts(bound.name, bound.field.widget, bound.value())
    return sent


def written(rows, asked=()):
    return json.dumps({"rows": rows, "asked": list(asked)})


def _parts(name, widget, value):
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    if isinstance(widget, forms.FileInput):
        return {}
    if isinstance(widget, forms.MultiWidget):
        values = value if isinstance(value, list) else widget.decompress(value)
        parts = {}
        for suffix, one, part in zip(widget.widgets_names, widget.widgets, values, strict=False):
            parts |= _parts(name + suffix, one, part)
        return parts
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"] if widget.check_test(value) else []}
    shown = widget.format_value(value)
    return {name: _texts(shown if isinstance(shown, list | tuple) else [shown])}


def _texts(values):
    return [str(value) for value in values if value not in (None, "")]


def _same(one, other):
    """Tell whether two lists of texts are alike but for what a browser does to them: their order and ends of lines."""
    plain = [["\n".join(text.split("\r\n")).strip() for text in texts] for texts in (one, other)]
    return sorted(filter(None, plain[0])) == sorted(filter(None, plain[1]))


def _places(posted, formsets):
    """Return with what the names of each existing row begin in a posted form."""
    places = {}
    for formset in formsets:
        key = re.compile(rf"({re.escape(formset.prefix)}-\d+-){formset.model._meta.pk.name}")
        for name in posted:
            if found := key.fullmatch(name):
                places[f"{formset.prefix}/{posted[name]}"] = found[1]
    return places


def _loaded(text):
    """Return what `written` wrote: the rows, and the names of what was asked; of anything else nothing."""
    try:
        read = json.loads(text)
        rows = {row: {name: _texts(list(was)) for name, was in names.items()} for row, names in read["rows"].items()}
        return rows, set(read["asked"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}, set()


def _question(form, whole, name, mine, theirs):
    field = _field(form, name)
    return {
        "name": whole,
        "label": _label(form, name),
        "sides": list(zip(SIDES, (_in_words(field, mine), _in_words(field, theirs)), strict=True)),
    }


def _field(form, name):
    return form.fields.get(name) or form.fields[name.rpartition("_")[0]]


def _label(form, name):
    """Return how a field is called: with its language where it has several, with its row where it has one."""
    label, language = str(_field(form, name).label), name.rpartition("_")[2]
    if name not in form.fields and language in settings.EDITIONS:
        label = f"{label} ({dict(settings.LANGUAGES)[language]})"
    return capfirst(f"{form.instance} – {label}" if form.prefix else label)


def _in_words(field, texts):
    """Return what was sent of a field as it reads."""
    if isinstance(field, forms.BooleanField):
        return _("Yes") if texts else _("No")
    if isinstance(field, forms.ModelChoiceField):
        keys = [text for text in texts if text.isdecimal() and len(text) < 19]
        return ", ".join(field.label_from_instance(one) for one in field.queryset.filter(pk__in=keys))
    if isinstance(field, forms.ChoiceField | forms.TypedChoiceField):
        names = {str(value): str(label) for value, label in field.choices}
        return ", ".join(names.get(text, text) for text in texts)
    return "\n".join(texts)
