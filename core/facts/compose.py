"""What a compose file asks of the GPU, service by service, and the mistakes for which a container gets none."""

from __future__ import annotations

from dataclasses import dataclass

from gpuproof.core.facts.simple_yaml import Node, read_simple_yaml
from gpuproof.core.words import Text, text

_GPU_IMAGES = ("cuda", "pytorch", "nvidia", "tensorflow", "comfyui", "heygem", "wav2lip", "torch")
_NOTHING = ("none", "void", "-1", "nodevfiles")
SNIPPET = """    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: all
              capabilities: [gpu]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeService:
    """One service. ``asks_gpu`` tells by which words it asks for a GPU, "" when it does not."""

    name: str
    image: str = ""
    asks_gpu: str = ""
    mistakes: tuple[tuple[str, Text], ...] = ()  # (fixed word, sentence)


def read_compose(words: str) -> tuple[ComposeService, ...]:
    """Read the services of a compose file; ValueError when it has none."""
    document = read_simple_yaml(words)
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict) or not isinstance(document, dict):
        raise ValueError("it has no services")
    return tuple(_service(name, node) for name, node in services.items() if isinstance(node, dict))


def _service(name: str, node: dict[str, Node]) -> ComposeService:
    mistakes: list[tuple[str, Text]] = []
    image, environment = _word(node, "image"), _environment(node)
    asks = _ways_to_ask(node, mistakes)
    for variable in ("NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES"):
        value = environment.get(variable)
        if value is not None and (value == "" or value.lower() in _NOTHING):
            mistakes.append(("hidden", text("{variable}={value} hides every GPU", variable=variable, value=value)))
    capabilities = environment.get("NVIDIA_DRIVER_CAPABILITIES")
    if capabilities and capabilities != "all" and not {"compute", "utility"} <= set(capabilities.split(",")):
        mistakes.append(("capabilities_variable", text(
            "NVIDIA_DRIVER_CAPABILITIES={value} leaves out compute or utility: CUDA needs the first, NVML the second",
            value=capabilities)))  # fmt: skip
    if not asks and not mistakes and any(word in image.lower() for word in _GPU_IMAGES):
        mistakes.append(("no_gpu_asked", text("{image} looks like a GPU image, and no GPU is asked for", image=image)))
    if image and (":" not in image.rsplit("/", 1)[-1] or image.endswith(":latest")) and "@" not in image:
        mistakes.append(("latest", text("{image} is not pinned: another day it is another image", image=image)))
    return ComposeService(name=name, image=image, asks_gpu=asks, mistakes=tuple(mistakes))


def _ways_to_ask(node: dict[str, Node], mistakes: list[tuple[str, Text]]) -> str:
    """Return the first way in which the service asks for a GPU, and note what is wrong with it."""
    resources = _inside(node, "deploy", "resources")
    devices = _inside(resources, "reservations").get("devices")
    if "devices" in _inside(resources, "limits"):
        mistakes.append(("limits", text("devices stands under limits; it belongs under reservations")))
    if isinstance(devices, list):
        good = [_check_device(device, mistakes) for device in devices if isinstance(device, dict)]
        if any(good):
            return "deploy.resources.reservations.devices"
    if _word(node, "gpus") or isinstance(node.get("gpus"), list):
        return "gpus"
    return "runtime: nvidia" if _word(node, "runtime") == "nvidia" else ""


def _check_device(device: dict[str, Node], mistakes: list[tuple[str, Text]]) -> bool:
    capabilities = device.get("capabilities")
    if not isinstance(capabilities, list):
        mistakes.append(("no_capabilities", text("a device has no list of capabilities: compose refuses the file")))
        return False
    if not any(word in ("gpu", "nvidia") for word in capabilities):
        mistakes.append(("not_gpu", text("the capabilities of a device do not name gpu")))
        return False
    if "count" in device and "device_ids" in device:
        mistakes.append(("count_and_ids", text("count and device_ids exclude each other")))
        return False
    driver = _word(device, "driver")
    if driver not in ("", "nvidia"):
        mistakes.append(("driver", text("the driver of a device is {driver}, not nvidia", driver=driver)))
        return False
    return True


def _inside(node: Node, *keys: str) -> dict[str, Node]:
    for key in keys:
        node = node.get(key, {}) if isinstance(node, dict) else {}
    return node if isinstance(node, dict) else {}


def _word(node: dict[str, Node], key: str) -> str:
    found = node.get(key, "")
    return found if isinstance(found, str) else ""


def _environment(node: dict[str, Node]) -> dict[str, str]:
    """Read both forms: ``- NAME=value`` and ``NAME: value``."""
    found = node.get("environment", {})
    if isinstance(found, dict):
        return {name: value for name, value in found.items() if isinstance(value, str)}
    pairs = (entry.partition("=") for entry in found if isinstance(entry, str))
    return {name: value for name, equals, value in pairs if equals}
