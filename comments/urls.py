"""Where readers write, answer, confirm, report, and see to what is theirs."""

from django.urls import path, register_converter

from articles.urls import feed
from comments import feeds, rights_views, views


class Secret:
    """What comments.keys.token makes; shorter when it was not copied whole."""

    regex = "[A-Za-z0-9_-]{1,64}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(Secret, "secret")

app_name = "comments"
urlpatterns = [
    *feed("comments/", feeds.newest, "newest_feed", "comments:"),
    path("comments/confirm/<secret:secret>/", views.confirm, name="confirm"),
    path("comments/unsubscribe/<secret:secret>/", rights_views.unsubscribe, name="unsubscribe"),
    path("comments/mine/", rights_views.ask, name="ask"),
    path("comments/mine/<secret:secret>/", rights_views.mine, name="mine"),
    path("<slug:slug>/comment/", views.write, name="write"),
    path("<slug:slug>/comment/<slug:public_id>/", views.permalink, name="permalink"),
    path("<slug:slug>/comment-page-<int:number>/", views.thread_page, name="page"),
    path("<slug:slug>/reply/<slug:public_id>/", views.reply, name="reply"),
    path("<slug:slug>/report/<slug:public_id>/", views.report, name="report"),
    *feed("<slug:slug>/", feeds.thread, "thread_feed", "comments:"),
]
