"""Where pictures are kept while tests run: each test has folders of its own, those of files buckets of their own as well."""

import logging

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from articles.models import Photo
from newsroom import env

logging.getLogger("werkzeug").setLevel(logging.ERROR)


@pytest.fixture(scope="session")
def bucket_server():
    """Return host:port of a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


on_disk_and_in_a_bucket = pytest.mark.parametrize(
    "own_storage", ["disk", pytest.param("bucket", marks=[pytest.mark.slow, pytest.mark.once])], indirect=True
)


@pytest.fixture(autouse=True)
def own_storage(request, settings, tmp_path, monkeypatch):
    """Keep pictures where the settings say when MEDIA_STORAGE and ORIGINALS_STORAGE name these places: folders or buckets."""
    places = {"default": "media", "originals": "originals"}
    if getattr(request, "param", "disk") == "disk":
        addresses = {alias: f"file://{tmp_path}/{folder}" for alias, folder in places.items()}
    else:
        server = request.getfixturevalue("bucket_server")
        # A name of this test's own: the server outlives it.
        addresses = {alias: f"s3+http://key:secret@{server}/{tmp_path.name.replace('_', '-')[-40:]}-{folder}".lower()
                     for alias, folder in places.items()}  # fmt: skip
        client = boto3.client("s3", endpoint_url=f"http://{server}", aws_access_key_id="key",
                              aws_secret_access_key="secret", region_name="us-east-1")  # fmt: skip
        for address in addresses.values():
            client.create_bucket(Bucket=address.rsplit("/", 1)[1])
    for alias, address in addresses.items():
        monkeypatch.setenv(f"TEST_{alias}", address)
    settings.STORAGES = settings.STORAGES | {
        "default": env.storage(
            "TEST_default", "", base_url="/media/", custom_domain="testserver/media", url_protocol="http:"
        ),
        "originals": env.storage("TEST_originals", "", file_overwrite=False),
    }
    # A field asks for its storage once, when the site starts.
    monkeypatch.setattr(Photo._meta.get_field("original"), "storage", storages["originals"])
