"""Exact steps for a driver, per operating system. They are shown and never run."""

from __future__ import annotations

from gpuproof.core import knowledge
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.model import Card, DriverAction
from gpuproof.core.words import Text, text


def driver_steps(case: Case, action: DriverAction, branch: int | None, cards: tuple[Card, ...]) -> tuple[Text, ...]:
    """Return what to do, in order; ``keep`` needs no step but may need to be held back from an upgrade."""
    known = [knowledge.architecture_of(card.compute_capability) for card in cards if card.compute_capability]
    if any(found.is_integrated for found in known if found):
        return () if action == "keep" else _jetson()
    last = min((found.last_branch for found in known if found and found.last_branch), default=None)
    if action == "keep":
        return _hold(case, last) if last else ()
    wanted = branch or 580
    steps = {"linux": _linux, "windows": _windows, "wsl": _wsl, "macos": _none}[case.system]
    needs_proprietary = last is not None
    before = text("Before you start: write down the present driver version, so that you can go back to it.")
    return (
        *(() if case.driver is None else (before,)),
        *steps(case, wanted, needs_proprietary, action),
        *(
            (text("Do not go past driver branch R{branch}: it is the last one for this card.", branch=last),)
            if last
            else ()
        ),
        text("Restart the computer, then run gpuproof check again."),
    )


def _linux(case: Case, branch: int, proprietary: bool, action: DriverAction) -> tuple[Text, ...]:
    suffix = "" if proprietary or branch < 515 else "-open"
    module = "kmod-nvidia-latest-dkms" if proprietary or branch < 515 else "nvidia-open"
    arch = "nvidia-580xx-dkms" if branch == 580 and proprietary else "nvidia-open"
    arch = "nvidia-470xx-dkms" if branch == 470 else arch
    arch = "nvidia-390xx-dkms" if branch == 390 else arch
    return (
        text(
            "Ubuntu: sudo ubuntu-drivers list, then sudo apt install nvidia-driver-{branch}{suffix}",
            branch=branch,
            suffix=suffix,
        ),
        text(
            "Debian: sudo apt install linux-headers-{machine} nvidia-driver "
            "(check the branch that your release carries)",
            machine="arm64" if case.platform.endswith("aarch64") else "amd64",
        ),
        text(
            "Fedora, RHEL with NVIDIA's repository: sudo dnf module switch-to nvidia-driver:{branch}{dkms} "
            "or sudo dnf install {module}",
            branch=branch,
            dkms="-dkms" if proprietary else "-open",
            module=module,
        ),
        text("Arch: sudo pacman -S --needed {package} (branches that have ended come from the AUR)", package=arch),
        text(
            "Data centre: install the R{branch} package of NVIDIA's data centre driver, and the Fabric Manager of "
            "exactly the same version where NVSwitch is used",
            branch=branch,
        ),
        text("Secure Boot: enrol the module's key when the installer asks (mokutil), else the module does not load."),
        text("Laptop with two GPUs: keep prime-select (or switcheroo-control) as it is; only the driver changes."),
    )


def _windows(case: Case, branch: int, proprietary: bool, action: DriverAction) -> tuple[Text, ...]:
    known = knowledge.branch(branch)
    first, last = known.windows_majors if known else (branch, branch)
    steps = (
        text("Make a restore point: Win+R, SystemPropertiesProtection, Create."),
        text(
            "Download a driver {first}.xx to {last}.xx for your card from https://www.nvidia.com/drivers "
            "and choose Custom, Clean installation.",
            first=first,
            last=last,
        ),
        text("Laptop: when the maker supplies its own driver of that branch, prefer it."),
    )
    hold = text("Stop Windows Update from replacing it: Device installation settings, No.")
    return (*steps, hold) if action == "downgrade" or proprietary else steps


def _wsl(case: Case, branch: int, proprietary: bool, action: DriverAction) -> tuple[Text, ...]:
    return (
        text(
            "The Windows driver serves WSL too: install it in Windows, and never install an NVIDIA driver inside WSL."
        ),
        *_windows(case, branch, proprietary, action),
        text("Then run wsl --update and wsl --shutdown in Windows."),
    )


def _jetson() -> tuple[Text, ...]:
    return (
        text(
            "The driver of a Jetson comes with JetPack: back up, then move to the newest JetPack "
            "that supports the board."
        ),
        text(
            "Until then use NVIDIA's own torch wheels for the installed JetPack; no build of the PyTorch index that "
            "its driver can run holds code for it."
        ),
    )


def _hold(case: Case, last: int) -> tuple[Text, ...]:
    if case.system == "linux":
        return (
            text(
                "Hold the driver at R{branch}, the last branch for this card: sudo apt-mark hold "
                "nvidia-driver-{branch} (or the lock of your package manager).",
                branch=last,
            ),
        )
    return (text("Do not go past driver branch R{branch}: it is the last one for this card.", branch=last),)


def _none(case: Case, branch: int, proprietary: bool, action: DriverAction) -> tuple[Text, ...]:
    return ()
