"""Style sheets as readers get them: site.css and what it imports, joined into one file when static files are collected.

The browser reads the imports as they are, so nothing has to be built to work on them; joined, a page costs one request.
"""

import gzip
import re
import zlib
from pathlib import Path

import brotli
from django.core.files.base import ContentFile
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED = "css/site.css"
IMPORT = re.compile(r'@import url\("(?P<name>[\w-]+\.css)"\) layer\((?P<layer>\w+)\);')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def join(css, read):
    """Return `css` with each `@import url("x.css") layer(y);` replaced by `read("x.css")` in that layer, comments gone."""

    def sheet(found):
        return f"@layer {found['layer']} {{\n{read(found['name'])}\n}}"

    return re.sub(r"\n\s*", "\n", COMMENT.sub("", IMPORT.sub(sheet, css))).strip() + "\n"


class NewOnly(Compressor):
    """Leaves alone what an earlier version compressed as well: it takes seconds, while the site is upgraded."""

    def compress(self, path):
        return [] if is_compressed(path) else super().compress(path)


def is_compressed(path):
    """Tell whether both compressed files of a file unpack to what it holds."""
    try:
        content, small, smaller = (Path(f"{path}{ending}").read_bytes() for ending in ("", ".gz", ".br"))
        return gzip.decompress(small) == brotli.decompress(smaller) == content
    except (OSError, EOFError, zlib.error, brotli.error):  # none, or one that was not written to its end
        return False


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files, with the one joined style sheet among them."""

    def create_compressor(self, **options):
        return NewOnly(**options)

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run and JOINED in paths:

            def read(name):
                storage, path = paths[name]
                with storage.open(path) as file:
                    return file.read().decode()

            # From the sources, not from the copy: the copy of an earlier time is joined already.
            css = join(read(JOINED), lambda name: read(f"css/{name}"))
            self.delete(JOINED)
            self._save(JOINED, ContentFile(css.encode()))
            paths = {**paths, JOINED: (self, JOINED)}
        yield from super().post_process(paths, dry_run, **options)
