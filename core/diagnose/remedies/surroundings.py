"""Remedies for containers, WSL2, and settings that keep a program from the card."""

from __future__ import annotations

from gpuproof.core.diagnose.context import has, is_wsl, system_of
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.remedies.starting import container_steps
from gpuproof.core.diagnose.surroundings import is_old_wsl
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_SMOKE = "docker run --rm --gpus all ubuntu nvidia-smi"


def container_no_gpu(machine: Machine) -> tuple[Step, ...]:
    """Toolkit, runtime, flag; a compose file needs the device reservation."""
    if any(symptom.id.startswith("compose.") for symptom in machine.symptoms):
        return _compose_steps()
    own = container_steps(machine)
    if own:
        return own
    if is_wsl(machine):
        return (
            Step(
                text(
                    "Use Docker Desktop with the WSL2 back end, or install the container toolkit inside the distribution"  # noqa: E501
                ),
                "sudo apt install nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo service docker restart",  # noqa: E501
            ),
            Step(text("Start with the GPU and look"), _SMOKE),
        )
    if not isinstance(machine.container, Unknown) and machine.container.kind == "kubernetes":
        return _kubernetes_steps()
    return (
        Step(text("Install the NVIDIA container toolkit on the host"), "sudo apt install nvidia-container-toolkit"),
        Step(
            text("Make it known to Docker"),
            "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker",
        ),
        Step(text("Start the container with the GPU and look"), _SMOKE),
        Step(
            text(
                "In a compose file add deploy.resources.reservations.devices with driver: nvidia, count: all, capabilities: [gpu]"  # noqa: E501
            )
        ),
    )


def _kubernetes_steps() -> tuple[Step, ...]:
    return (
        Step(
            text("Let the nodes offer their GPUs: install NVIDIA's device plugin"),
            "kubectl create -f https://raw.githubusercontent.com/NVIDIA/k8s-device-plugin/v0.17.1/deployments/static/nvidia-device-plugin.yml",
        ),
        Step(
            text("Ask for a GPU in the container's resources"),
            "resources:\n  limits:\n    nvidia.com/gpu: 1",
        ),
        Step(text("See what the nodes offer"), "kubectl describe nodes | grep -A8 Allocatable | grep nvidia.com/gpu"),
    )


def _compose_steps() -> tuple[Step, ...]:
    from gpuproof.core.facts.compose import SNIPPET

    return (
        Step(text("Let each service that computes ask for the GPU in the compose file"), SNIPPET),
        Step(text("Take away variables that hide the GPU: NVIDIA_VISIBLE_DEVICES, CUDA_VISIBLE_DEVICES")),
        Step(text("Create the containers anew"), "docker compose up -d --force-recreate"),
        Step(text("Look inside one of them"), "docker compose exec SERVICE nvidia-smi -L"),
    )


def container_lost_gpu(machine: Machine) -> tuple[Step, ...]:
    """Restart now; device requests that survive a daemon-reload prevent the next time."""
    return (
        Step(text("Restart the container: it works again until systemd reloads"), "docker restart CONTAINER"),
        Step(
            text("Prevent it: use CDI devices, which systemd keeps"),
            "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml && docker run --device nvidia.com/gpu=all ...",
        ),
        Step(
            text(
                'Or let Docker use cgroupfs: "exec-opts": ["native.cgroupdriver=cgroupfs"] in /etc/docker/daemon.json'
            ),
            "sudo systemctl restart docker",
        ),
    )


def wsl_driver(machine: Machine) -> tuple[Step, ...]:
    """The driver is the one of Windows; no Linux driver belongs inside, and WSL 1 has no GPU."""
    if has(machine, "wsl.one") or is_old_wsl(machine):
        return (
            Step(
                text("This is WSL 1, which has no GPU: turn the distribution into a WSL 2 one"),
                "wsl --set-version DISTRIBUTION 2; wsl --shutdown",
            ),
            Step(text("Look again inside WSL"), "/usr/lib/wsl/lib/nvidia-smi"),
        )
    return (
        Step(
            text(
                "Install the newest NVIDIA driver in Windows; none inside WSL: {page}",
                page="https://www.nvidia.com/drivers",
            )
        ),
        Step(text("Update the WSL kernel in a Windows terminal, then start anew"), "wsl --update; wsl --shutdown"),
        Step(
            text("Remove NVIDIA driver packages inside the distribution, if any"),
            "sudo apt purge 'nvidia-driver-*' 'libnvidia-compute-*'",
        ),
        Step(text("Look again inside WSL"), "/usr/lib/wsl/lib/nvidia-smi"),
    )


def wsl_libcuda(machine: Machine) -> tuple[Step, ...]:
    """Put /usr/lib/wsl/lib first for the loader."""
    return (
        Step(text("Show the loader WSL's own library"), "export LD_LIBRARY_PATH=/usr/lib/wsl/lib:$LD_LIBRARY_PATH"),
        Step(
            text("Keep it for all programs"),
            "echo /usr/lib/wsl/lib | sudo tee /etc/ld.so.conf.d/wsl.conf && sudo ldconfig",
        ),
        Step(
            text("Remove a Linux driver inside the distribution that hides it"), "sudo apt purge 'libnvidia-compute-*'"
        ),
    )


def tcc_wddm(machine: Machine) -> tuple[Step, ...]:
    """Switch the driver model, as administrator."""
    return (
        Step(
            text("In an administrator's Windows terminal switch the card to WDDM, then restart Windows"),
            "nvidia-smi -i 0 -dm 0",
        ),
        Step(text("A card that knows TCC only cannot be used inside WSL2; use it from Windows itself")),
    )


def visible_devices(machine: Machine) -> tuple[Step, ...]:
    """Unset the variable, look at the real indices, set it before the program starts."""
    windows = system_of(machine) == "windows"
    return (
        Step(
            text("Clear the variable where the program is started"),
            "set CUDA_VISIBLE_DEVICES=" if windows else "unset CUDA_VISIBLE_DEVICES",
        ),
        Step(text("See which GPUs there are; indices start at 0"), "nvidia-smi -L"),
        Step(text("Search start scripts, services and the program's own code for it, and for a device such as cuda:1")),
    )


def mig(machine: Machine) -> tuple[Step, ...]:
    """One instance per process, named by its UUID."""
    return (
        Step(text("List the instances"), "nvidia-smi -L"),
        Step(
            text("Give each process one instance by its UUID; a process can use one only"),
            "CUDA_VISIBLE_DEVICES=MIG-... python app.py",
        ),
        Step(text("Or turn Multi-Instance GPU off for the whole card"), "sudo nvidia-smi -i 0 -mig 0"),
    )


def exclusive_mode(machine: Machine) -> tuple[Step, ...]:
    """Back to the default mode, or end the other process."""
    admin = "" if system_of(machine) == "windows" else "sudo "
    return (
        Step(
            text("See the mode and who holds the card"),
            "nvidia-smi --query-gpu=index,compute_mode --format=csv; nvidia-smi",
        ),
        Step(text("Let several processes in again"), f"{admin}nvidia-smi -c 0"),
        Step(text("On a shared cluster end your other process instead, or use MPS")),
    )
