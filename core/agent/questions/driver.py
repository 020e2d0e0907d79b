"""The NVIDIA driver: the module that runs, the one on disk, the user libraries, and what stands in its way."""

from __future__ import annotations

import os
import struct
from typing import Any, Sequence

from ..place import Place
from .kinds import LINUX, Absent, Call, Denied, ReadFile, Reply, RunCommand, TimedOut, one_line

GPUS = "/proc/driver/nvidia/gpus"
MODULE_WORDS = ("nvidia", "nouveau", "nova", "amdgpu", "radeon", "i915", "xe", "vfio", "nvgpu", "tegra")
SERVICES = ("nvidia-persiste", "nv-fabricmanage", "nvidia-powerd", "nv-hostengine", "nvidia-cuda-mps")
LIBRARY_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/lib",
    "/usr/local/nvidia/lib64",
    "/usr/lib/wsl/lib",
    "/usr/lib/x86_64-linux-gnu/nvidia/current",
    "/run/opengl-driver/lib",
    "/usr/local/cuda/compat",
    "/usr/lib/aarch64-linux-gnu/nvidia",
    "/usr/lib/aarch64-linux-gnu/tegra",
)
LIBRARY_NAMES = ("libcuda.so", "libnvidia-ml.so", "libnvidia-ptxjitcompiler.so")
LOADER_CACHE = "/etc/ld.so.cache"
CACHE_HEADER = b"glibc-ld.so.cache1.1"
CACHE_KINDS = {0x300: "libc6,x86-64", 0xA00: "libc6,AArch64", 0x500: "libc6,64bit"}
CACHE_WORDS = (
    "libcuda.", "nvidia-ml", "nvidia-ptxjit", "cudnn", "cublas", "cudart", "nvjitlink", "nccl", "nvrtc", "cufft",
    "curand", "cusparse", "cusolver", "nvinfer", "amdhip", "libhsa-", "rocblas", "miopen", "libze_", "libopencl",
    "libvulkan", "libgomp", "libstdc++", "libavcodec", "libnvcuvid", "libnvidia-encode",
)  # fmt: skip
KERNEL_LOG_WORDS = (
    "nvrm",
    "xid",
    "nvidia",
    "nouveau",
    "amdgpu",
    "out of memory",
    "oom-kill",
    "secure boot",
    "lockdown",
)
KERNEL_LOG_LINES = 200
# -o cat leaves out the host's name, which stands in every line otherwise
LOG_COMMANDS = (("journalctl", "-k", "-b", "-q", "--no-pager", "-n", "5000", "-o", "cat"), ("dmesg",))


def gpus_information(place: Place) -> "list[str]":
    """Read what the driver says of each GPU, without the UUID line."""
    found = []
    for name in place.names_in(GPUS):
        text = place.text_of("%s/%s/information" % (GPUS, name))
        found.append("".join(line + "\n" for line in text.splitlines() if "UUID" not in line))
    return found


def modules(place: Place) -> "list[str]":
    """Name the loaded kernel modules that drive GPUs or keep others from doing so."""
    names = (line.split(" ", 1)[0] for line in place.text_of("/proc/modules", 1 << 18).splitlines())
    return sorted(name for name in names if name.startswith(MODULE_WORDS))


def libraries(place: Place) -> "list[dict[str, Any]]":
    """Find the driver's user libraries; the version stands in the name of the file that the link points to."""
    found = []
    for folder in LIBRARY_FOLDERS:
        real_folder = os.path.realpath(place.path(folder))
        for name in place.names_if_any(folder):
            if name.startswith(LIBRARY_NAMES):
                path = "%s/%s" % (folder, name)
                target = os.path.realpath(place.path(path))
                found.append(
                    {"path": path, "target": target[len(place.root) :], "folder": real_folder[len(place.root) :]}
                )
    if not found:
        raise Absent("no libcuda or libnvidia-ml in the usual folders")
    return found[:100]


def loader_cache(place: Place) -> Reply:
    """List the loader's entries for GPU libraries as ``ldconfig -p`` does, read from its file: no program is run.

    The file is a header of 48 bytes, then 24 bytes per library, of which two numbers point at name and path in it.
    """
    data = place.bytes_of(LOADER_CACHE, 16 << 20)
    start = data.find(CACHE_HEADER)
    if start < 0:
        raise Absent("the loader's cache is of another kind")
    data = data[start:]
    (count,) = struct.unpack_from("<I", data, 20)
    lines = []
    for flags, key, value in struct.iter_unpack("<III12x", data[48 : 48 + 24 * min(count, 100000)]):
        name, path = text_at(data, key), text_at(data, value)
        if any(word in name.lower() for word in CACHE_WORDS):
            lines.append("\t%s (%s) => %s" % (name, CACHE_KINDS.get(flags & 0xFF00, "libc6"), path))
    return Reply("ok", text="".join(line + "\n" for line in lines[:400]))


def text_at(data: bytes, at: int) -> str:
    """Return the text that begins at a place and ends with a zero byte."""
    end = data.find(b"\0", at, at + 4096)
    return data[at:end].decode("utf-8", "replace") if end >= 0 else ""


def dkms(place: Place) -> "list[dict[str, Any]]":
    """List the driver versions that DKMS has, with the kernels for which each is built."""
    base = "/var/lib/dkms"
    found = []
    for name in [name for name in place.names_in(base) if name.startswith("nvidia")]:
        for version in [version for version in place.names_in("%s/%s" % (base, name)) if version[:1].isdigit()]:
            inside = place.names_in("%s/%s/%s" % (base, name, version))
            kernels = [kernel for kernel in inside if kernel not in ("source", "build") and kernel[:1].isdigit()]
            found.append({"name": name, "version": version, "kernels": kernels, "is_building": "build" in inside})
    return found


def services(place: Place) -> "list[str]":
    """Name the running helpers of the driver, by the kernel's own short process names."""
    found = set()
    for name in place.names_in("/proc"):
        if name.isdigit():
            command = place.line_of("/proc/%s/comm" % name)
            if command and command.startswith(SERVICES):
                found.add(command)
    return sorted(found)


def kernel_log(place: Place) -> "list[str]":
    """Return the kernel's lines about GPUs since it started, oldest first: its own file, else journal, else dmesg.

    Each needs a right of its own: root, the group adm or systemd-journal, or a kernel that lets everybody read.
    """
    refusals, is_refused = [], False
    try:
        return ring_buffer(place)
    except OSError as problem:
        refusals.append("/dev/kmsg: %s" % problem.strerror)
        is_refused = not isinstance(problem, FileNotFoundError)
    for command in LOG_COMMANDS:
        try:
            lines = printed_log(place, command)
        except (Absent, Denied, TimedOut) as problem:
            refusals.append("%s: %s" % (command[0], one_line(problem)[:120]))
            is_refused = is_refused or not isinstance(problem, Absent)
            continue
        return [line[:500] for line in lines if is_gpu_line(line)][-KERNEL_LOG_LINES:]
    if not is_refused:
        raise Absent("; ".join(refusals))
    raise Denied("the kernel log may not be read by this user (%s)" % "; ".join(refusals))


def printed_log(place: Place, command: "Sequence[str]") -> "list[str]":
    """Return what a program prints of the kernel log; Denied when it prints nothing."""
    from ..commands import run_command

    reply = run_command(RunCommand("driver.kernel_log", command, LINUX, 2.0, max_bytes=4 << 20), place)
    lines = (reply.text or "").splitlines()
    if reply.status != "ok" or not any(line.strip() and not line.startswith("-- ") for line in lines):
        raise Denied(reply.detail or "it shows no line to this user")
    return lines


def ring_buffer(place: Place) -> "list[str]":
    """Read the kernel's own file, record by record, without waiting for the next one."""
    descriptor = os.open(place.path("/dev/kmsg"), os.O_RDONLY | os.O_NONBLOCK)
    lines = []
    try:
        for _ in range(100000):
            try:
                record = os.read(descriptor, 8192)
            except BrokenPipeError:
                continue  # the kernel overwrote lines meanwhile; reading goes on with the next
            except BlockingIOError:
                break
            if not record:
                break
            lines += [line for line in record.decode("utf-8", "replace").splitlines() if is_gpu_line(line)]
    finally:
        os.close(descriptor)
    return [line[:500] for line in lines[-KERNEL_LOG_LINES:]]


def is_gpu_line(line: str) -> bool:
    """Tell whether a line of the kernel log is about a GPU or a shortage of memory."""
    lower = line.lower()
    return not line.startswith(" ") and any(word in lower for word in KERNEL_LOG_WORDS)


QUESTIONS = (
    ReadFile("driver.proc_version", "/proc/driver/nvidia/version"),
    ReadFile("driver.module_version", "/sys/module/nvidia/version"),
    ReadFile("driver.uvm_module_state", "/sys/module/nvidia_uvm/initstate"),
    ReadFile("driver.params", "/proc/driver/nvidia/params"),
    Call("driver.gpus_information", gpus_information, GPUS + "/*/information", LINUX),
    Call("driver.modules", modules, "/proc/modules", LINUX),
    RunCommand(
        "driver.module_on_disk",
        ("modinfo", "nvidia"),
        LINUX,
        3.0,
        "path",
        ("version:", "license:", "filename:", "signer:", "vermagic:"),
    ),
    Call("driver.libraries", libraries, "library folders", LINUX, 3.0, "path"),
    Call("driver.loader_cache", loader_cache, LOADER_CACHE, LINUX, 3.0, "path"),
    Call("driver.dkms", dkms, "/var/lib/dkms", LINUX),
    Call("driver.services", services, "/proc/*/comm", LINUX, 4.0),
    Call("driver.kernel_log", kernel_log, "/dev/kmsg, journalctl or dmesg", LINUX, 6.0, "free_text"),
    RunCommand("driver.fabric_manager_version", ("nv-fabricmanager", "--version"), LINUX, 3.0),
)

# asked only when NVML gave no answer: it says the same by another road and needs up to a second per card
NVIDIA_SMI = RunCommand("driver.nvidia_smi_xml", ("nvidia-smi", "-q", "-x"), ("linux", "windows"), 15.0, "identity")
