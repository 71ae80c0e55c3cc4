"""What pictures cost, on a folder of photographs (the demo's): prints ratios, fails past a limit, needs no site.

1. time: all renditions of one photograph of 24 million pixels, against encoding the same files once;
2. weight: the lead picture of a phone (390 px at two dots a pixel) in AVIF, against the JPEG that looks as alike (SSIM);
3. memory: the peaks of the two processes that read and render a photograph of 100 million pixels, added up.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from PIL import Image  # noqa: E402

from articles import images, uploads  # noqa: E402
from bench.similarity import ssim  # noqa: E402

LEAD, LEAD_LIMIT, RATIO_LIMIT, TIME_LIMIT, MEMORY_LIMIT = 800, 35, 0.60, 3, 600


def main(folder):
    photographs = sorted(Path(folder).glob("*.jpg"))
    with tempfile.TemporaryDirectory() as scratch:
        time_of_24 = measure_time(enlarged(photographs[0], 6000, 4000, Path(scratch)))
        weights = [measure_weight(path) for path in photographs]
        memory = measure_memory(enlarged(photographs[0], 12_240, 8_160, Path(scratch)))
    print(f"renditions, 24 MP: {time_of_24['all']:.1f} s, of which encoding {time_of_24['encoding']:.1f} s: "
          f"{time_of_24['ratio']:.2f} times (limit {TIME_LIMIT}); {time_of_24['files']} files")  # fmt: skip
    print(f"shown at once after {time_of_24['first']:.2f} s")
    for found in weights:
        print(f"lead {found['name']:16} AVIF {found['avif']:5.1f} KB, JPEG as alike {found['jpeg']:5.1f} KB "
              f"({found['ratio']:.2f}), ssim {found['ssim']:.3f}")  # fmt: skip
    heaviest = max(found["avif"] for found in weights)
    ratio = sum(found["avif"] for found in weights) / sum(found["jpeg"] for found in weights)
    print(
        f"lead, heaviest: {heaviest:.1f} KB (limit {LEAD_LIMIT}); all together {ratio:.2f} of JPEG (limit {RATIO_LIMIT})"
    )
    print(f"memory, 100 MP: {memory} MB at its peak (limit {MEMORY_LIMIT})")
    over = time_of_24["ratio"] > TIME_LIMIT or heaviest > LEAD_LIMIT or ratio > RATIO_LIMIT or memory > MEMORY_LIMIT
    return 1 if over else 0


def enlarged(path, width, height, folder):
    """Write a larger photograph made of this one, as a camera would: noise included."""
    target = folder / f"{width}.jpg"
    with Image.open(path) as image:
        large = image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    noise = Image.effect_noise((width, height), 12).convert("RGB")
    Image.blend(large, noise, 0.06).save(target, quality=92)
    return target


def rendered(path):
    with path.open("rb") as file:
        picture = uploads.read(file)
    manifest = images.plan(picture.digest, picture.width, picture.height, (0.5, 0.5))
    return picture, manifest


def measure_time(path):
    """Time the whole work; then Pillow alone, encoding the very pictures that were encoded, once each."""
    began = time.perf_counter()
    picture, manifest = rendered(path)
    for crop, entry in images.first(manifest).items():
        list(images.files(picture, crop, entry))
    first = time.perf_counter() - began

    encoded, encode = [], images.encode
    began = time.perf_counter()
    picture, manifest = rendered(path)
    files = [file for crop, entry in manifest.items() for file in images.files(picture, crop, entry)]
    whole = time.perf_counter() - began

    def remember(image, suffix, **options):
        encoded.append((image, suffix, options, data := encode(image, suffix, **options)))
        return data

    images.encode = remember
    made = {data for crop, entry in manifest.items() for _, data in images.files(picture, crop, entry)}
    images.encode = encode
    once = {data: (image, suffix, options) for image, suffix, options, data in encoded if data in made}
    began = time.perf_counter()
    for image, suffix, options in once.values():
        encode(image, suffix, **options)
    encoding = time.perf_counter() - began
    return {"all": whole, "encoding": encoding, "ratio": whole / encoding, "files": len(files), "first": first}


def measure_weight(path):
    """Weigh the lead's AVIF, and the lightest JPEG that is at least as like the picture that both are made of."""
    picture, manifest = rendered(path)
    entry = manifest["3x2"] | {"avif": [LEAD], "webp": [], "jpg": []}
    ((_, avif),) = images.files(picture, "3x2", entry)
    source = images._resized(picture.image, images._region(picture, entry["box"]), entry, LEAD)
    likeness = ssim(source, Image.open(BytesIO(avif)))
    low, high = 5, 98
    while low < high:
        middle = (low + high) // 2
        if ssim(source, Image.open(BytesIO(jpeg(source, middle)))) >= likeness:
            high = middle
        else:
            low = middle + 1
    kilobytes = len(avif) / 1024, len(jpeg(source, low)) / 1024
    return {
        "name": path.stem,
        "avif": kilobytes[0],
        "jpeg": kilobytes[1],
        "ratio": kilobytes[0] / kilobytes[1],
        "ssim": likeness,
    }


def jpeg(image, quality):
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()


def measure_memory(path):
    """Return the peak in MB of processes of their own that do all that the site does with the photograph."""
    done = subprocess.run([sys.executable, __file__, "--peak", str(path)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def peak_of(process):
    # Not getrusage(): it counts what the parent held before this process began.
    return int(Path(f"/proc/{process}/status").read_text().split("VmHWM:")[1].split()[0]) // 1024


def peak(path):
    picture, manifest = rendered(Path(path))
    decoding = peak_of(uploads._reader.process.pid)
    for crop, entry in manifest.items():
        for _file in images.files(picture, crop, entry):
            pass
    print(decoding + peak_of(os.getpid()))
    return 0


if __name__ == "__main__":
    sys.exit(peak(sys.argv[2]) if sys.argv[1:2] == ["--peak"] else main(*sys.argv[1:2] or [ROOT / "demo" / "photos"]))
