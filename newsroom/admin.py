"""The site itself at the desk: its identity."""

from io import BytesIO

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from newsroom import jobs_admin, people_admin  # noqa: F401, register the queue, the outbox and who works here
from newsroom.models import SiteIdentity

SMALLEST_LOGO, LARGEST_LOGO = 512, 1024  # pixels a side
SIGNS_HELP = _("**strong**, *stressed*, [words of a link](https://…) or an address.")


class Colours(forms.RadioSelect):
    """The accents, each beside what it looks like."""

    option_template_name = "admin/newsroom/widgets/colour.html"


class SiteIdentityForm(forms.ModelForm):
    class Meta:
        widgets = {"accent_hue": Colours}
        help_texts = {"support_text": SIGNS_HELP}

    def clean_logo(self):
        """Refuse a new logo that is no picture, too small for home screens or far from square; draw anew what is kept of it.

        What was uploaded is never served: a photograph says where it was taken.
        """
        logo = self.cleaned_data["logo"]
        if not isinstance(logo, UploadedFile):
            return logo
        try:
            with Image.open(logo, formats=["PNG", "JPEG", "WEBP"]) as image:
                width, height = image.size
                image.draft(None, (LARGEST_LOGO, LARGEST_LOGO))
                upright = ImageOps.exif_transpose(image)
                picture = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        except Exception as broken:  # a decoder raises whatever it stumbles upon in a broken file
            raise ValidationError(_("This file is not a PNG, WebP or JPEG picture."), code="broken") from broken
        size = {"width": width, "height": height}
        if min(width, height) < SMALLEST_LOGO:
            text = _("This picture is %(width)s × %(height)s pixels: a logo has 512 or more on each side.")
            raise ValidationError(text, code="small", params=size)
        if max(width, height) > min(width, height) * 1.25:
            text = _("This picture is %(width)s × %(height)s pixels: a logo is square, or nearly.")
            raise ValidationError(text, code="oblong", params=size)
        picture.thumbnail((LARGEST_LOGO, LARGEST_LOGO))
        picture.info.clear()
        kept = BytesIO()
        picture.save(kept, "PNG", optimize=True)
        return SimpleUploadedFile("logo.png", kept.getvalue(), "image/png")


@admin.register(SiteIdentity)
class SiteIdentityAdmin(admin.ModelAdmin):
    """One row: its list is its form."""

    form = SiteIdentityForm
    desk_tab = (90, _("Site"))
    list_name = _("Site")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, identity=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        identity = SiteIdentity.load()
        if identity._state.adding and self.has_change_permission(request):
            identity.save()
        return redirect("admin:newsroom_siteidentity_change", identity.pk)

    def response_change(self, request, identity):
        super().response_change(request, identity)
        return redirect("admin:newsroom_siteidentity_change", identity.pk)
