"""A recommendation as lines for a person: choice and command, reasons, driver, other ways, why not."""

from __future__ import annotations

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.knowledge import index_url
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import Text, text


def show_recommendation(recommendation: Recommendation, terminal: Terminal) -> None:
    """Write the answer for a person: choice and command, reasons, driver, alternatives, why not."""
    _show_choice(recommendation, terminal)
    _list(terminal, text("Why:"), recommendation.because)
    _show_driver(recommendation, terminal)
    _list(terminal, text("Note:"), recommendation.notices)
    _list(terminal, text("Not known:"), recommendation.missing)
    if recommendation.alternatives:
        terminal.say(text("Other ways:"))
    for other in recommendation.alternatives:
        terminal.say(f"  torch {other.torch} {other.variant}: {terminal.rendered(other.trade_off)}")
        if other.needs:
            terminal.say(f"    {terminal.rendered(other.needs)}")
    if recommendation.rejected:
        terminal.say(text("Not taken:"))
    for no in recommendation.rejected[:12]:
        terminal.say(f"  torch {no.torch} {no.variant}: {terminal.rendered(no.reason)}")


def _show_choice(recommendation: Recommendation, terminal: Terminal) -> None:
    choice = recommendation.choice
    if choice is None:
        unknown = text("The choice cannot be made yet: a fact that decides is not known.")
        nothing = text("Nothing published fits this machine as it is.")
        terminal.say(unknown if recommendation.missing else nothing)
        return
    _show_driver_first(recommendation, terminal)
    if recommendation.installed_fits:
        fits = text("Nothing to install: the torch that is there fits these cards and this driver.")
        without_cards = text("Nothing to install: the torch that is there is all that this computer can use.")
        terminal.say(without_cards if choice.variant == "cpu" else fits)
    if recommendation.is_installed:
        terminal.say(text("torch {torch}, build {variant}, is the newest.", torch=choice.torch, variant=choice.variant))
    elif recommendation.installed_fits:
        newest = text(
            "The newest that fits would be torch {torch}, build {variant}.", torch=choice.torch, variant=choice.variant
        )
        terminal.say(newest)
    else:
        terminal.say(text("Take torch {torch}, build {variant}.", torch=choice.torch, variant=choice.variant))
    terminal.say(f"  {choice.commands.pip}")
    if recommendation.certainty == "inferred":
        terminal.say(text("How sure: inferred. The index page or the wheel itself was not read for this build."))
    else:
        terminal.say(text("How sure: confirmed. The wheel or the official list of builds was read."))


def _show_driver_first(recommendation: Recommendation, terminal: Terminal) -> None:
    """Say at once when the driver alone keeps the GPU idle, or the command for the CPU would look like the answer."""
    best, minimum = recommendation.after_driver, recommendation.driver.minimum
    if best is None:
        return
    first = {
        "install": text("The GPU waits for a driver: install one, {minimum} or newer; then:", minimum=minimum),
        "upgrade": text("The GPU waits for a newer driver: upgrade it to {minimum} or newer; then:", minimum=minimum),
    }
    terminal.say(first[recommendation.driver.action])
    terminal.say(f"  python -m pip install torch=={best.torch} torchvision --index-url {index_url(best.variant)}")
    terminal.say(text("Until then only the CPU can work:"))


def _show_driver(recommendation: Recommendation, terminal: Terminal) -> None:
    driver = recommendation.driver
    if recommendation.missing and recommendation.choice is None:
        return
    words = {
        "keep": text("Driver: keep it."),
        "install": text("Driver: install one, {minimum} or newer.", minimum=driver.minimum),
        "upgrade": text("Driver: upgrade to {minimum} or newer.", minimum=driver.minimum),
        "downgrade": text("Driver: go back to branch {branch}.", branch=driver.branch),
        "none": text("Driver: nothing to do."),
    }
    _list(terminal, words[driver.action], driver.how)


def _list(terminal: Terminal, heading: Text, lines: tuple[Text, ...]) -> None:
    if lines or heading.template.startswith("Driver"):
        terminal.say(heading)
    for line in lines:
        terminal.say(f"  {terminal.rendered(line)}")
