"""The recommendation in the words and rows that the step shows."""

from __future__ import annotations

from gpuproof.core.recommend.model import Commands, DriverAction, Recommendation
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.style.colours import Tone

COMMAND_KINDS: tuple[str, ...] = ("pip", "uv", "conda", "poetry", "requirements", "docker")


def headline(found: Recommendation) -> tuple[Tone, Text, Text]:
    """Return tone, title and sentence of the banner."""
    choice = found.choice
    if choice is None:
        words = found.missing[0] if found.missing else text("The reasons stand below.")
        return "unknown" if found.missing else "warning", text("No wheel can be recommended"), words
    later = found.after_driver
    if later is not None:
        title = text("First the driver, then torch {torch} ({variant})", torch=later.torch, variant=later.variant)
        return "warning", title, text("The GPU waits for its driver. Until then only the CPU can work.")
    title = text("torch {version}, build {variant}", version=choice.torch, variant=choice.variant)
    if found.installed_fits and not found.overridden:
        return "ok", text("Nothing to do: the installed PyTorch fits"), found.because[0] if found.because else title
    if found.is_installed:
        return "ok", title, text("This is installed already: nothing to do.")
    return "accent", title, text("The newest build that is valid for this machine as it is.")


def driver_words(action: DriverAction) -> tuple[Tone, Text]:
    """Return tone and word of what to do about the driver."""
    known: dict[DriverAction, tuple[Tone, Text]] = {
        "keep": ("ok", text("Keep the driver")),
        "install": ("warning", text("Install a driver")),
        "upgrade": ("warning", text("Upgrade the driver")),
        "downgrade": ("warning", text("Use an older driver")),
        "none": ("unknown", text("No driver is needed")),
    }
    return known[action]


def driver_lines(found: Recommendation) -> tuple[Text, ...]:
    """Return what is to be said about driver versions."""
    driver = found.driver
    lines = []
    if driver.minimum:
        lines.append(text("At least version {version}", version=driver.minimum))
    if driver.branch:
        lines.append(text("Recommended branch: {branch}", branch=driver.branch))
    if driver.maximum_branch:
        lines.append(text("The last branch for this card: {branch}", branch=driver.maximum_branch))
    return tuple(lines)


def why_not_rows(found: Recommendation) -> tuple[tuple[Text, ...], ...]:
    """Return the rows of the table of what was considered and not taken."""
    return tuple((literal(one.torch), literal(one.variant), one.reason) for one in found.rejected)


def alternative_rows(found: Recommendation) -> tuple[tuple[Text, ...], ...]:
    """Return the rows of other valid ways."""
    return tuple(
        (literal(one.torch), literal(one.variant), one.trade_off, one.needs or literal("–"))
        for one in found.alternatives
    )


def commands_of(commands: Commands) -> dict[str, str]:
    """Return the commands that exist, by tool."""
    return {kind: str(getattr(commands, kind)) for kind in COMMAND_KINDS if getattr(commands, kind, None)}
