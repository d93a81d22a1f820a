"""The colours of the page: those of every figure on light ground, and their partners on dark ground, as CSS."""

from sim import style

# On dark ground what stands out is light: the same hues, their order of lightness turned round.
LIGHT = {
    "paper": style.PAPER,
    "ground": "#f3f6f8",
    "ink": style.INK,
    "quiet": style.QUIET,
    "sunk": "#e9eff2",
    "rule": style.RULE,
    "field": "#8795a1",
    "accent": style.PRIVATE,
    "on_accent": "#ffffff",
    "soft": "#e6eef5",
    "tie": "#c3ccd3",
    "warn": "#8a4b08",
    "mark": "#d9641a",
}
DARK = {
    "paper": "#151d25",
    "ground": "#0e141a",
    "ink": "#e6ebef",
    "quiet": "#a3b1bd",
    "sunk": "#10171e",
    "rule": "#2c3843",
    "field": "#71818f",
    "accent": "#8fc1f0",
    "on_accent": "#0e141a",
    "soft": "#1d2a36",
    "tie": "#3a4753",
    "warn": "#f0b26b",
    "mark": "#f08a4b",
}
DISTRESS_DARK = {"well": "#2b3a45", "mild": "#4d7c8d", "moderate": "#83b9cb", "severe": "#dff2f8"}
SOURCES_DARK = {"none": "#43505b", "friend": "#efb44f", "leader": "#55bda5", "professional": "#6fa9ea"}
PLANS_DARK = ("#aab3ba", "#5cb3e0", "#f08a4b")


def variables(dark: bool) -> dict[str, str]:
    """All colours by their name on the page."""
    sets = (DARK, DISTRESS_DARK, SOURCES_DARK) if dark else (LIGHT, style.DISTRESS, style.SOURCES)
    basic, distress, sources = sets
    plans = PLANS_DARK if dark else tuple(each.colour for each in style.PLANS[:3])
    made = {name.replace("_", "-"): colour for name, colour in basic.items()}
    made |= {f"distress-{name}": colour for name, colour in distress.items()}
    made |= {f"source-{name}": colour for name, colour in sources.items()}
    made |= {"private": DARK["accent"] if dark else style.PRIVATE, "perceived": style.PERCEIVED}
    return made | {f"plan-{place}": colour for place, colour in enumerate(plans)}


def css() -> str:
    """Both sets of colours as custom properties; the root's ``data-theme`` chooses, else the reader's own setting."""

    def block(dark: bool) -> str:
        return "".join(f"--{name}:{colour};" for name, colour in variables(dark).items())

    scheme = f"color-scheme:light;{block(False)}", f"color-scheme:dark;{block(True)}"
    return (
        f":root{{{scheme[0]}}}"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{scheme[1]}}}}}'
        f':root[data-theme="dark"]{{{scheme[1]}}}'
    )
