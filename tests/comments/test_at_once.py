"""Many at the same moment, on a real SQLite file and a real PostgreSQL: tests/comments/at_once.py says what they do."""

import pytest

from tests.site import Site, drop, new_database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    url = new_database(request.param, folder)
    with Site(folder, DATABASE_URL=url, WEB_THREADS="8") as site:  # a connection for each
        yield site
    drop(url)


@pytest.mark.parametrize("who", ["posts", "strangers", "presses", "moderators", "colleagues"])
def test_eight_at_once_are_as_one_after_the_other(site, who):
    site.python(f"from tests.comments import at_once; at_once.start_anew(); at_once.{who}()")
