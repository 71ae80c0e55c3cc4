"""Two forms of one thing that were open at once: what only one of them changed is asked of nobody."""

from datetime import datetime

from django import forms

from articles.fields import MomentField

# Where a version says something under another name than the form of an article does.
NAMES = {"publish_on": "published_at"}


def merge(form, base, theirs):
    """Take into a bound form what it did not change of the version `base`, and `theirs` did; both are snapshots.

    Returns the names, as versions have them, of what was taken, and of what both changed, each to something else.
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
            both.append(name)
    return taken, both


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
