"""How alike two pictures look: SSIM (Wang et al., 2004) on their lightness, with its Gaussian window of 11 pixels."""

import math

from PIL import Image, ImageMath

BELL = [math.exp(-((at - 5) ** 2) / (2 * 1.5**2)) for at in range(11)]
WINDOW = [weight / sum(BELL) for weight in BELL]
SMALL_MEAN, SMALL_SPREAD = (0.01 * 255) ** 2, (0.03 * 255) ** 2
on = ImageMath.lambda_eval


def ssim(one, other):
    """Return 1 for the same picture, less the more they differ. Both have the same size."""
    one, other = (image.convert("L").convert("F") for image in (one, other))
    a, b = _blurred(one), _blurred(other)
    aa, bb, ab = (
        _blurred(on(lambda v: v["p"] * v["q"], p=p, q=q)) for p, q in ((one, one), (other, other), (one, other))
    )
    alike = on(
        lambda v: (2 * v["a"] * v["b"] + SMALL_MEAN)
        * (2 * (v["ab"] - v["a"] * v["b"]) + SMALL_SPREAD)
        / (
            (v["a"] * v["a"] + v["b"] * v["b"] + SMALL_MEAN)
            * (v["aa"] - v["a"] * v["a"] + v["bb"] - v["b"] * v["b"] + SMALL_SPREAD)
        ),
        a=a, b=b, aa=aa, bb=bb, ab=ab,
    )  # fmt: skip
    return alike.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


def _blurred(image):
    """Return the weighted means around each pixel, where the window fits."""
    for across in (True, False):
        width, height = image.size
        total = None
        for at, weight in enumerate(WINDOW):
            part = image.crop((at, 0, width - 10 + at, height) if across else (0, at, width, height - 10 + at))
            share = on(lambda v, w=weight: v["p"] * w, p=part)
            total = share if total is None else on(lambda v: v["p"] + v["q"], p=total, q=share)
        image = total
    return image
