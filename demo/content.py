"""Read the demo's texts: TOML between +++ lines, then HTML."""

import tomllib
import uuid
from pathlib import Path

HERE = Path(__file__).parent
NAMESPACE = uuid.UUID("6f1a4b0e-2f8d-4f60-9a3e-0f5d6b1c7e21")


def group(name):
    """Return the translation group of what the demo calls `name`: the same one every time."""
    return uuid.uuid5(NAMESPACE, name)


def table(name):
    """Return what the file content/<name>.toml says."""
    return tomllib.loads((HERE / "content" / f"{name}.toml").read_text())


def texts(kind):
    """Yield (language, slug, front matter, HTML) for each file of content/<kind>/<language>/, in order."""
    for path in sorted((HERE / "content" / kind).glob("*/*.html")):
        _, front, html = path.read_text().split("+++\n", 2)
        yield path.parent.name, path.stem, tomllib.loads(front), html.strip()
