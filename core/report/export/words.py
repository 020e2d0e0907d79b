"""The fixed words of every export: names of verdicts, states, conditions and columns."""

from __future__ import annotations

from gpuproof.core.words import Text, literal, text

VERDICTS: dict[str, Text] = {
    "proven": text("Proven: the GPU does the work"),
    "not_proven": text("Not proven: something could not be observed"),
    "refuted": text("Refuted: the GPU does not do the work"),
}
VERDICT_WORDS: dict[str, Text] = {
    "proven": text("proven"),
    "not_proven": text("not proven"),
    "refuted": text("refuted"),
}
LAYERS: dict[str, Text] = {
    "environment": text("Environment"),
    "placement": text("Placement"),
    "behaviour": text("Behaviour"),
}
LAYER_MEANINGS: dict[str, Text] = {
    "environment": text("Driver, libraries and build fit together"),
    "placement": text("Model and data really lie on the GPU"),
    "behaviour": text("The driver saw the work, and hiding the GPU made the run slower"),
}
LINKS: dict[str, Text] = {
    "application": text("Application"),
    "torch": literal("PyTorch"),
    "cuda_libraries": text("CUDA libraries"),
    "driver": text("Driver"),
    "gpu": literal("GPU"),
}
STATES: dict[str, Text] = {
    "ok": text("in order"),
    "warning": text("with a doubt"),
    "broken": text("broken"),
    "unknown": text("unknown"),
}
NOT_CHECKED = text("not checked")
SEVERITIES: dict[str, Text] = {"error": text("error"), "warning": text("warning"), "notice": text("notice")}
CONFIDENCES: dict[str, Text] = {
    "certain": text("certain"),
    "likely": text("likely"),
    "possible": text("possible"),
}
STAGES: dict[str, Text] = {
    "face_encoding": text("Face encoding"),
    "alignment": text("Audio-video alignment"),
    "reconstruction": text("Reconstruction"),
    "super_resolution": text("Super-resolution"),
    "compositing": text("Compositing"),
    "transfer": text("Transfer"),
    "upload": text("Upload"),
    "download": text("Download"),
    "prepare": text("Preparation"),
    "other": text("Other"),
}
DRIVER_ACTIONS: dict[str, Text] = {
    "keep": text("Keep the driver"),
    "install": text("Install a driver"),
    "upgrade": text("Upgrade the driver"),
    "downgrade": text("Downgrade the driver"),
    "none": text("No driver is needed"),
}
CONDITIONS: dict[str, Text] = {
    "os": text("Operating system"),
    "kernel": text("Kernel or build"),
    "platform": text("Platform"),
    "container": text("Container"),
    "cpu": text("Processor"),
    "usable_cores": text("Usable cores"),
    "memory_gib": text("Memory (GiB)"),
    "gpus": text("GPUs"),
    "power_limit_w": text("Power limit (W)"),
    "pcie_width": text("PCIe lanes"),
    "mig_mode": literal("MIG"),
    "ecc": literal("ECC"),
    "driver_model": text("Driver model"),
    "compute_mode": text("Compute mode"),
    "driver_version": text("Driver"),
    "driver_flavour": text("Driver flavour"),
    "driver_cuda_version": text("Newest CUDA the driver accepts"),
    "python": literal("Python"),
    "torch": literal("torch"),
    "torch_cuda": text("CUDA inside torch"),
    "cudnn": literal("cuDNN"),
    "preset": text("Preset"),
    "workload_version": text("Workload version"),
    "power_source": text("Power source"),
    "power_profile": text("Power profile"),
    "cpu_governor": text("Processor governor"),
    "secure_boot": text("Secure Boot"),
    "hardware_scheduling": text("Hardware GPU scheduling"),
    "clock_under_load_mhz": text("GPU clock under load (MHz)"),
    "memory_clock_under_load_mhz": text("Memory clock under load (MHz)"),
    "gpu_device": text("Measured GPU"),
    "gpu_variant": text("Precision and mode on the GPU"),
    "gpu_batch": text("Batch on the GPU"),
    "cpu_device": text("Measured processor"),
    "cpu_variant": text("Precision and mode on the CPU"),
    "cpu_batch": text("Batch on the CPU"),
}
REMOVED_KINDS: dict[str, Text] = {
    "user": text("user names"),
    "host": text("host names"),
    "dir": text("private folders"),
    "file": text("private file names"),
    "gpu": text("unique numbers of GPUs"),
    "mig": text("unique numbers of GPUs"),
    "uuid": text("unique numbers"),
    "serial": text("serial numbers"),
    "mac": text("hardware addresses"),
    "ip": text("network addresses"),
    "mail": text("mail addresses"),
    "program": text("program names"),
    "name": text("environment and container names"),
    "login": text("logins in URLs"),
    "secret": text("tokens and passwords"),
    "answer": text("answers left out as a whole"),
}
PRIVACY_WORDS: dict[str, Text] = {
    "share": text("fit to share: no names, no private folders, no credentials"),
    "support": text("for support: folders and program names are readable, no names of persons, no credentials"),
    "full": text("full: everything but credentials; do not publish it"),
}
INTEGRITY_WORDS: dict[str, Text] = {
    "intact": text(
        "The checksum matches: the file was neither damaged nor carelessly edited. It says nothing about who wrote it."
    ),
    "changed": text("The checksum does not match: the file was damaged or edited after it was saved."),
    "absent": text("The file has no checksum: damage or edits cannot be noticed."),
}


def condition_words(name: str) -> Text:
    """Return what a condition is called; one that is not known is shown by its name."""
    return CONDITIONS.get(name, literal(name))
