"""Two forms of one thing that were open at once: what only one of them changed is asked of nobody."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from articles.fields import MomentField
from articles.weaving import woven

# Where a version says something under another name than the form of an article does.
NAMES = {"publish_on": "published_at"}


def merge(form, base, theirs):
    """Take into a bound form what it did not change of the version `base`, and `theirs` did; both are snapshots.

    Of a text that both changed it takes the blocks that this form did not change. Returns the names, as versions have them, of
    what was taken, and of what both changed, each to something else.
    """
    form.data = form.data.copy()
    taken, both = [], []
    for field in form.fields:
        name = NAMES.get(field, field)
        old, new = base.get(name), theirs.get(name)
        if name not in base or name not in theirs or old == new:
            continue
        if not _differs(form, field, old):
            put(form, field, new)
            taken.append(name)
        elif _differs(form, field, new):
            text, clash = _woven(form, old, new) if field == "body" else (None, True)
            if clash:
                both.append(name)
            if text is not None and _differs(form, field, text):
                put(form, field, text)
                taken.append(name)
    return taken, both


def _woven(form, base, theirs):
    try:
        return woven(base, form.fields["body"].clean(form["body"].data), theirs)
    except ValidationError:
        return None, True


def is_undecided(data):
    """Tell of posted data whether it was asked whose words are right, of a field for which nothing is chosen yet."""
    asked = data.getlist("_asked") if data else ()
    return any(data.get(f"_take-{name}") not in ("mine", "theirs") for name in asked)


def asked(form, differences):
    """Return differences with what was chosen of each so far."""
    return [one | {"take": form.data.get(f"_take-{one['name']}", "")} for one in differences]


def put(form, name, value):
    """Put into a field of a bound form, whose data are a copy, a value as a version holds it."""
    field = form.fields[name]
    shown = _shown(field, value)
    if isinstance(field.widget, forms.MultiWidget):
        for place, part in enumerate(shown):
            form.data[f"{name}_{place}"] = part
    else:
        form.data[name] = "" if shown in (None, False) else shown


def _differs(form, name, value):
    """Tell whether a field says something else than a version does."""
    field = form.fields[name]
    said = _shown(field, value) if isinstance(field, (MomentField, forms.MultiValueField)) else value
    return field.has_changed(said, form[name].data)


def _shown(field, value):
    """Return what a form shows of a value of a version."""
    if isinstance(field, MomentField):
        moment = value and datetime.fromisoformat(value).replace(second=0, microsecond=0)
        return field.widget.format_value(field.prepare_value(moment or None))
    if isinstance(field.widget, forms.MultiWidget):
        return field.widget.decompress(value)
    return field.prepare_value(value)
