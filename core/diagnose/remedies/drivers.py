"""Remedies for the driver and the card; commands of a driver are for the person to run."""

from __future__ import annotations

from gpuproof.core.diagnose.context import capabilities, has, is_container, system_of, torch_build
from gpuproof.core.diagnose.loading import obstacle
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.remedies.commands import take_build
from gpuproof.core.diagnose.remedies.loading import start_image, steps_against
from gpuproof.core.diagnose.remedies.starting import start_steps
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_FIRST_OF_CUDA_12 = 525
_DOWNLOAD = "https://www.nvidia.com/drivers"


def _install_driver(machine: Machine) -> Step:
    if system_of(machine) in ("windows", "wsl"):
        return Step(text("Install the newest NVIDIA driver in Windows: {page}", page=_DOWNLOAD))
    name = "" if isinstance(machine.os, Unknown) else machine.os.name.lower()
    command = "sudo ubuntu-drivers install" if "ubuntu" in name or "mint" in name or not name else None
    if "debian" in name:
        command = "sudo apt install nvidia-driver firmware-misc-nonfree"
    elif "fedora" in name:
        command = "sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda"
    elif "arch" in name:
        command = "sudo pacman -S nvidia-open"
    return Step(text("Install the NVIDIA driver with the tools of the distribution, then reboot"), command)


def driver_too_old(machine: Machine) -> tuple[Step, ...]:
    """Newer driver, or an older CUDA build that this driver carries."""
    build = torch_build(machine)
    needed = _needed(machine)
    steps = []
    if is_container(machine):
        steps.append(Step(text("The driver is the host's: install it there, never inside the container")))
    last = _last_branch(machine)
    if last is not None and needed and last < int(needed.split(".")[0]):
        return (*steps, _build_for_last_branch(machine, last))
    if needed:
        steps.append(Step(text("Install driver {needed} or newer: {page}", needed=needed, page=_DOWNLOAD)))
    else:
        steps.append(_install_driver(machine))
    driver = machine.driver_version
    oldest = min((capability for _, capability in capabilities(machine)), default=None)
    is_newer_build = build is not None and build.cuda_version is not None and build.cuda_version.major >= 13
    is_older_card = oldest is None or oldest.major < 10
    if is_newer_build and is_older_card and not isinstance(driver, Unknown) and driver.major >= _FIRST_OF_CUDA_12:
        words = text("Or keep driver {driver} and take a CUDA 12 build, which it carries", driver=driver)
        steps.append(Step(words, take_build(machine, "torch", "cu126")))
    return tuple(steps)


def _last_branch(machine: Machine) -> int | None:
    """Return the last driver branch of the oldest card, None when it is not known or there is none yet."""
    from gpuproof.core.knowledge import architecture_of

    oldest = min((capability for _, capability in capabilities(machine)), default=None)
    found = architecture_of(oldest) if oldest is not None else None
    return found.last_branch if found is not None else None


def _build_for_last_branch(machine: Machine, branch: int) -> Step:
    variant, release = ("cu118", '"torch<2.4"') if branch < _FIRST_OF_CUDA_12 else ("cu126", "torch")
    words = text("{branch} is this card's last driver branch: take a build that it carries", branch=f"R{branch}")
    return Step(words, take_build(machine, release, variant))


def _needed(machine: Machine) -> str:
    from gpuproof.core.knowledge import minimum_driver

    build = torch_build(machine)
    if build is None or build.cuda_version is None:
        return ""
    found = minimum_driver(build.cuda_version, system_of(machine) or "linux")
    return str(found) if found is not None else ""


def forward_compat_804(machine: Machine) -> tuple[Step, ...]:
    """Take the compat library out of the way; a newer host driver makes it needless."""
    if is_container(machine) or isinstance(machine.container, Unknown):
        return (
            Step(
                text("Update the host's driver to one that carries the image's CUDA by itself: {page}", page=_DOWNLOAD)
            ),
            Step(
                text("Or take an image for an older CUDA; inside the container the compat library can be removed"),
                "rm -rf /usr/local/cuda/compat && ldconfig",
            ),
            Step(text("After a driver update on the host, reboot it and recreate the container")),
        )
    return (
        Step(text("Remove the compat package; it is for data-centre cards only"), 'sudo apt remove "cuda-compat-*"'),
        Step(text("Take /usr/local/cuda/compat out of LD_LIBRARY_PATH"), "unset LD_LIBRARY_PATH"),
    )


def driver_lib_mismatch(machine: Machine) -> tuple[Step, ...]:
    """Reboot on the host; inside a container the container is recreated."""
    if is_container(machine):
        return (
            Step(text("Compare with the host: the mismatch may be inside the container only"), "nvidia-smi"),
            Step(
                text(
                    "If the host works, remove driver libraries that the image itself brings, and recreate the container"  # noqa: E501
                ),
                'dpkg -l | grep -E "libnvidia|nvidia-utils"',
            ),
            Step(text("If the host fails as well, reboot the host")),
        )
    if system_of(machine) == "wsl":
        return (
            Step(
                text("Remove NVIDIA driver packages inside the distribution, if any"),
                "sudo apt purge 'nvidia-driver-*' 'libnvidia-compute-*'",
            ),
            Step(text("End WSL from a Windows terminal; it then starts with the driver of Windows"), "wsl --shutdown"),
        )
    return (
        Step(text("Reboot: the libraries were updated while the old kernel module stayed loaded"), "sudo reboot"),
        Step(
            text("If it is still so, see which versions are installed and keep one"),
            "cat /proc/driver/nvidia/version; dpkg -l | grep -i nvidia; dkms status",
        ),
    )


def no_driver(machine: Machine) -> tuple[Step, ...]:
    """Install or load the driver; Secure Boot and nouveau have steps of their own."""
    if system_of(machine) in ("windows", "wsl"):
        return (_install_driver(machine),)
    found = obstacle(machine)
    if found is not None and (own := steps_against(found, machine)):
        return own
    kind = found.kind if found is not None else ""
    if has(machine, "driver.secure-boot") or kind == "unsigned":
        return (
            Step(
                text("Enrol the key that signed the module, then reboot and confirm it in the blue screen"),
                "sudo mokutil --import /var/lib/shim-signed/mok/MOK.der",
            ),
            Step(text("Or turn Secure Boot off in the firmware set-up")),
        )
    steps = [
        Step(
            text("See whether the module is installed for this kernel and what stopped it"),
            "uname -r; dkms status; sudo modprobe nvidia; sudo dmesg | grep -iE 'nvidia|nouveau' | tail -20",
        ),
        Step(text("Install the headers of this kernel, so that the module can be built"), _headers(machine)),
        _install_driver(machine),
    ]
    if has(machine, "driver.nouveau") or kind == "nouveau":
        steps.insert(
            1,
            Step(
                text("Keep nouveau from taking the card, then reboot"),
                f"echo -e 'blacklist nouveau\\noptions nouveau modeset=0' | sudo tee /etc/modprobe.d/blacklist-nouveau.conf && {start_image(machine)}",  # noqa: E501
            ),
        )
    return tuple(steps)


def _headers(machine: Machine) -> str:
    name = "" if isinstance(machine.os, Unknown) else machine.os.name.lower()
    if any(word in name for word in ("fedora", "red hat", "rocky", "alma", "centos", "rhel")):
        return "sudo dnf install kernel-devel-$(uname -r)"
    return "sudo pacman -S linux-headers" if "arch" in name else "sudo apt install linux-headers-$(uname -r)"


def uvm_broken(machine: Machine) -> tuple[Step, ...]:
    """Reload the module; in a container its device file must be passed in."""
    steps = [
        Step(
            text("End programs that use the GPU, then reload the module (a reboot does it too)"),
            "sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm",
        ),
        Step(text("Make its device files when they are missing"), "sudo nvidia-modprobe -u -c=0"),
    ]
    if is_container(machine):
        steps.append(
            Step(
                text("Pass the device into the container"),
                "docker run --gpus all --device /dev/nvidia-uvm --device /dev/nvidia-uvm-tools ...",
            )
        )
    if has(machine, "hint.suspend"):
        steps.append(
            Step(
                text("Let the driver save video memory over suspend"),
                "echo 'options nvidia NVreg_PreserveVideoMemoryAllocations=1' | sudo tee /etc/modprobe.d/nvidia-power.conf && sudo systemctl enable nvidia-suspend nvidia-resume nvidia-hibernate",  # noqa: E501
            )
        )
    return tuple(steps)


def fabric_manager(machine: Machine) -> tuple[Step, ...]:
    """The service of exactly the driver's version, running."""
    driver = machine.driver_version
    if isinstance(driver, Unknown):
        branch = "$(cut -d. -f1 /sys/module/nvidia/version)"
        words = text("Install the Fabric Manager of exactly the driver's version")
    else:
        branch = str(driver).split(".")[0]
        words = text("Install the Fabric Manager of exactly the driver's version {version}", version=str(driver))
    return (
        Step(words, f"sudo apt install nvidia-fabricmanager-{branch}"),
        Step(text("Start it and let it start at boot"), "sudo systemctl enable --now nvidia-fabricmanager"),
        Step(text("See whether it runs"), "systemctl status nvidia-fabricmanager; nvidia-smi -q | grep -A2 Fabric"),
    )


def gpu_init_failed(machine: Machine) -> tuple[Step, ...]:
    """The kernel log names the reason; module flavour, BIOS settings and power are the usual ones."""
    own = start_steps(machine)
    if own:
        return own
    if system_of(machine) in ("windows", "wsl"):
        return (
            Step(text("In Windows' Device Manager read the error code of the card, such as code 43"), "devmgmt.msc"),
            _install_driver(machine),
            Step(text("Turn the machine fully off, check the card's seat and power cables, update BIOS and driver")),
        )
    steps = [Step(text("Read the reason in the kernel log"), "sudo dmesg | grep -iE 'NVRM|nvidia'")]
    if has(machine, "gpu.open-module-needed") or any(capability.major >= 10 for _, capability in capabilities(machine)):
        steps.append(
            Step(
                text("RTX 50 and newer need the open kernel modules, Pascal and older the proprietary ones"),
                "sudo apt install nvidia-open",
            )
        )
    if has(machine, "gpu.legacy-branch"):
        steps.append(
            Step(
                text("This card needs an older branch: R580 for Maxwell, Pascal and Volta, R470 for Kepler"),
                "sudo apt install nvidia-driver-580",
            )
        )
    if has(machine, "gpu.bar"):
        steps.append(
            Step(
                text(
                    "In the firmware set-up turn on Above 4G decoding (and Resizable BAR), turn off CSM; or boot with pci=realloc"  # noqa: E501
                )
            )
        )
    steps.append(
        Step(text("Turn the machine fully off, check the card's seat and power cables, update BIOS and driver"))
    )
    return tuple(steps)


def gpu_lost(machine: Machine) -> tuple[Step, ...]:
    """A reboot brings it back; power, heat and the slot are the cause."""
    windows = system_of(machine) in ("windows", "wsl")
    return (
        Step(text("Reboot; the card cannot be used before"), None if windows else "sudo reboot"),
        Step(text("Check power supply and cables, the seat in the slot, riser, temperature and BIOS")),
        Step(
            text("Limit clocks for a test: if it holds then, power or heat is the cause"),
            "nvidia-smi -lgc 300,1500" if windows else "sudo nvidia-smi -lgc 300,1500",
        ),
    )


def no_nvidia_gpu(machine: Machine) -> tuple[Step, ...]:
    """Without the card no software helps."""
    steps = []
    if has(machine, "hint.colab"):
        steps.append(Step(text("In the notebook service, choose a runtime with a GPU: Runtime > Change runtime type")))
    steps.append(Step(text("Run on the CPU, or move to a machine with an NVIDIA GPU"), None))
    if system_of(machine) in ("linux", None):
        steps.append(
            Step(
                text("If there should be one, see whether the PCI bus shows it"), "lspci -nn | grep -iE 'vga|3d|nvidia'"
            )
        )
    return tuple(steps)
