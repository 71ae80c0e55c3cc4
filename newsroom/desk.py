"""The desk: Django's admin under the site's name, with what a journalist opens first.

What stands in the navigation and on the first page is said by each ModelAdmin, so that the kernel knows no app:
- `desk_tab = (order, label)`: a place in the navigation;
- `desk_count(request)`: how many things wait there, or 0;
- `desk_sections(request)`: what it shows on the first page, as Sections;
- `adds`: what it is to add one, in words of the thing's own gender (Django knows “Add %s” only); an inline may say it too;
- `why_kept(request, thing)`: why nobody may delete a thing (newsroom/deleting.py);
- `ways`: what stands beside that, as Ways;
- `list_name`: what all of them together are called, where that is not the plural of one;
- `keeps_versions`: what somebody saved while a sheet was open is compared with versions, not with what the sheet said.
"""

import re
from dataclasses import dataclass, field
from functools import wraps
from itertools import chain

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newsroom import passwords, unsent
from newsroom.account import account
from newsroom.deleting import Deletes
from newsroom.folding import LONGEST, fold
from newsroom.health import worries
from newsroom.limits import allow, client_network, too_many
from newsroom.middleware import came_from
from newsroom.sheets import Merging
from newsroom.typed import straight_form


@dataclass
class Tab:
    label: str
    url: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True)
class Way:
    """A link from a list to a page of the desk that belongs to it; `url` is its name."""

    label: str
    url: str


@dataclass
class Row:
    """A line of a Section: what it is, where it leads, and what is said beside it; `copy` names what was kept of a form."""

    title: str
    url: str
    note: str = ""
    photo: object = None
    copy: str = ""


@dataclass
class Section:
    """A block of the first page; `order` says how far down it stands."""

    order: int
    title: str
    rows: list = field(default_factory=list)
    more_url: str = ""
    empty: str = ""


class Careful(Deletes):
    """What the desk's lists do beside Django's: what no row can be, or have, is left out of what they are asked."""

    def get_changelist_instance(self, request):
        """Ask for the rows; where no database could, Django asks again without what was in the address."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError, DataError) as beyond:
            raise IncorrectLookupParameters from beyond

    def get_search_results(self, request, queryset, search_term):
        """Look for no more words than a database takes in one question."""
        return super().get_search_results(request, queryset, search_term[:LONGEST])

    def render_change_form(self, request, context, add=False, **options):
        if add and hasattr(self, "adds"):
            context["title"] = self.adds
        context["list_name"] = getattr(self, "list_name", "")
        return super().render_change_form(request, context, add=add, **options)

    def history_view(self, request, object_id, extra_context=None):
        named = {"module_name": self.list_name} if hasattr(self, "list_name") else {}
        return super().history_view(request, object_id, named | (extra_context or {}))

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST":
            request.POST = self._possible(request.POST)
        return super().changelist_view(request, extra_context)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Say as Django does that there is none, and lead to those that there are, where the ModelAdmin knows no better."""
        answer = super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        nowhere = answer.url == reverse("admin:index")
        return redirect(f"admin:{opts.app_label}_{opts.model_name}_changelist") if nowhere else answer

    def _possible(self, posted):
        kept, pk = posted.copy(), self.opts.pk
        edited = re.compile(rf"form-\d+-{pk.name}")
        for name in posted:
            if name == ACTION_CHECKBOX_NAME or edited.fullmatch(name):
                kept.setlist(name, [key for key in posted.getlist(name) if _is_key(pk, key)])
                if not kept.getlist(name):
                    del kept[name]
        if ACTION_CHECKBOX_NAME in posted and ACTION_CHECKBOX_NAME not in kept:
            kept["index"] = "0"  # so that Django says that nothing was chosen
        return kept


def _is_key(pk, key):
    try:
        pk.clean(key, None)
    except ValidationError:
        return False
    return True


class Desk(AdminSite):
    index_title = _("Desk")
    enable_nav_sidebar = False
    # Registered by packages for tables of theirs that this site does not use, or shows in its own way.
    unused = frozenset({"taggit.tag", "sites.site", "django_tasks_database.dbtaskresult"})

    def register(self, model_or_iterable, admin_class=None, **options):
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        used = [model for model in models if model._meta.label_lower not in self.unused]
        admin_class = admin_class or ModelAdmin
        super().register(used, type(admin_class.__name__, (Careful, Merging, admin_class), {}), **options)

    def each_context(self, request):
        return super().each_context(request) | {"desk_tabs": SimpleLazyObject(lambda: self.tabs(request))}

    def get_urls(self):
        from newsroom import safekeeping  # asks for the admin site, which this is

        language = path("language/", self.admin_view(self.language), name="language")
        # Django's way to a thing's page asks for its table of sites, which this site does not fill.
        nowhere = path("r/<int:content_type_id>/<path:object_id>/", self.admin_view(self.nowhere))
        own = path("account/", self.admin_view(account), name="account")
        copies = safekeeping.urlpatterns(self.admin_view)
        return [language, own, nowhere, *copies, *passwords.urlpatterns, *super().get_urls()]

    def nowhere(self, request, **named):
        raise Http404

    def admin_view(self, view, cacheable=False):
        """Ask for a login as Django does, but never go on to an address that only takes a form; take what is typed straight."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def checked(request, *args, **options):
            if request.method == "POST" and not self.has_permission(request):
                if unsent.is_out(request):
                    return unsent.ask_who(request)
                return redirect_to_login(came_from(request), reverse("admin:login"))
            request.POST = straight_form(request.POST)
            return inner(request, *args, **options)

        return checked

    def login(self, request, extra_context=None):
        """Check a password, which takes 100 MB of memory each time: so not too often, from one place or from all."""
        if request.method == "POST":
            here = allow("login", client_network(request), 10, 300)
            if not (here and allow("login", "everybody", 60, 60)):
                return too_many(request, 300)
        held = unsent.held_by(request)
        answer = super().login(request, (extra_context or {}) | held)
        return unsent.offer(request, held) if held and request.user.is_authenticated else answer

    @method_decorator(require_POST)
    def language(self, request):
        """Speak another language to this user, from now on and on every machine."""
        if request.POST.get("language") in settings.EDITIONS:
            request.user.language = request.POST["language"]
            request.user.save(update_fields=["language"])
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None, require_https=request.is_secure())
        return redirect(back if safe else "admin:index")

    def visible(self, request):
        """Return the ModelAdmins of which this person may see something."""
        return [admin for admin in self._registry.values() if admin.has_view_permission(request)]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for model in chain.from_iterable(app["models"] for app in apps):
            model["name"] = getattr(self._registry[model["model"]], "list_name", model["name"])
        return apps

    def tabs(self, request):
        """Return the navigation that this person sees."""
        here = request.path
        index = reverse("admin:index")
        tabs = [Tab(_("Desk"), index, current=here == index)]
        admins = [admin for admin in self.visible(request) if hasattr(admin, "desk_tab")]
        for admin in sorted(admins, key=lambda admin: admin.desk_tab[0]):
            url = reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_changelist")
            count = admin.desk_count(request) if hasattr(admin, "desk_count") else 0
            tabs.append(Tab(admin.desk_tab[1], url, count, here.startswith(url)))
        return tabs

    def index(self, request, extra_context=None):
        sections = [
            section
            for admin in self.visible(request)
            if hasattr(admin, "desk_sections")
            for section in admin.desk_sections(request)
        ]
        models = chain.from_iterable(app["models"] for app in self.get_app_list(request))
        context = {
            "worries": worries(),
            "sections": sorted(sections, key=lambda section: section.order),
            "models": sorted(models, key=lambda model: fold(str(model["name"]))),
        }
        return super().index(request, context | (extra_context or {}))
