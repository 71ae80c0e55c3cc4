"""The question before something is done to articles: which ones, what will be refused, and with which tags; and to one."""

from functools import wraps

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.fields import TagsField

NAMED = 50  # articles; the others are counted


class TagsToAdd(forms.Form):
    tags = TagsField(label=gettext_lazy("Tags"), help_text=gettext_lazy("Separated by commas."))


def asks_first(touches, why_not=None, form=None):
    """Have an action ask before it is done to those of the chosen articles that it `touches`.

    `why_not` tells of an article with which Findings it will be refused. What is asked for in `form`, the action is given.
    """

    def decorate(action):
        @wraps(action)
        def asked(self, request, queryset):
            articles, sure = touches(queryset), "sure" in request.POST
            filled = form(request.POST if sure else None) if form else None
            if sure and (form is None or filled.is_valid()):
                return action(self, request, articles, **(filled.cleaned_data if form else {}))
            number = articles.count()
            if not number:
                self.message_user(request, _("There is nothing to change in what you chose."), "warning")
                return None
            return _question(self, request, articles, number, filled, why_not)

        return asked

    return decorate


def _question(admin, request, articles, number, form, why_not):
    name = request.POST["action"]
    context = {
        **admin.admin_site.each_context(request),
        "title": admin.get_actions(request)[name][2],
        "opts": admin.opts,
        "number": number,
        "left": max(number - NAMED, 0),
        "rows": [(article, why_not(article) if why_not else ()) for article in articles[:NAMED]],
        "form": form,
        "sent": [(key, value) for key in SENT for value in request.POST.getlist(key)],
        "back": request.get_full_path(),
    }
    return render(request, "admin/articles/article/sure.html", context)


def ask_of_one(request, admin, thing, title, consequence):
    """Return the page that asks before readers lose one thing: it sends again what was sent, with `sure`."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "about": thing,
        "consequence": consequence,
        "sent": [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"],
        "back": reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[thing.pk]),
    }
    return render(request, "admin/articles/article/sure.html", context)


SENT = ("action", "_selected_action", "select_across", "index")  # what the list sends, and sends again
