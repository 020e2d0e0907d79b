"""What the questions find in folder trees that stand for machines and environments."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions import (
    devices,
    driver,
    interpreter,
    libraries,
    packages,
    surroundings,
    system,
    torch_files,
    windows,
)
from gpuproof.core.agent.questions.kinds import Absent


def tree(root: Path, files: dict[str, str | bytes]) -> Place:
    """Write files below a root; ``-> target`` makes a link."""
    for name, content in files.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content.startswith("-> "):
            path.symlink_to(content[3:])
        else:
            path.write_text(content)
    return Place(root=str(root), environ={"PATH": ""}, import_path=[])


CARD = "/sys/bus/pci/devices/0000:01:00.0"
PCI_IDS = (
    "# list\n10de  NVIDIA Corporation\n\t2330  GH100 [H100 SXM5 80GB]\n\t2684  AD102 [GeForce RTX 4090]\n"
    "1002  AMD\n\t744c  Navi 31\n"
)


def a_card(**more: str) -> dict[str, str | bytes]:
    files = {"class": "0x030000\n", "vendor": "0x10de\n", "device": "0x2684\n", "driver": "-> ../../drivers/nvidia"}
    files |= {
        "power/runtime_status": "active\n",
        "current_link_speed": "16.0 GT/s PCIe\n",
        "current_link_width": "16\n",
    }
    return {f"{CARD}/{name}": content for name, content in {**files, **more}.items()}


def test_a_display_device_is_described_with_driver_link_and_name(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {**a_card(), "/usr/share/misc/pci.ids": PCI_IDS, "/sys/bus/pci/devices/0000:00:00.0/class": "0x060000"},
    )
    (found,) = devices.display_devices(place)
    assert (found["address"], found["vendor"], found["device"]) == ("0000:01:00.0", "0x10de", "0x2684")
    assert (found["driver"], found["current_link_speed"]) == ("nvidia", "16.0 GT/s PCIe")
    assert found["name"] == "AD102 [GeForce RTX 4090]"


def test_a_sleeping_device_is_not_asked_for_its_link(tmp_path: Path) -> None:
    place = tree(tmp_path, a_card(**{"power/runtime_status": "suspended\n"}))
    (found,) = devices.display_devices(place)
    assert found["runtime_status"] == "suspended"
    assert "current_link_speed" not in found


def test_a_name_is_never_taken_from_another_vendor() -> None:
    assert devices.pci_name(PCI_IDS.encode(), "10de", "744c") is None
    assert devices.pci_name(PCI_IDS.encode(), "1002", "744c") == "Navi 31"
    assert devices.pci_name(b"", "10de", "2684") is None


def test_processors_in_amds_topology_are_left_out(tmp_path: Path) -> None:
    nodes = "/sys/class/kfd/kfd/topology/nodes"
    place = tree(tmp_path, {
        f"{nodes}/0/properties": "cpu_cores_count 16\nsimd_count 0\n",
        f"{nodes}/1/properties": "simd_count 192\ngfx_target_version 110000\n",
    })  # fmt: skip
    assert [node["gfx_target_version"] for node in devices.kfd_nodes(place)] == ["110000"]


def test_device_nodes_say_who_may_open_them(tmp_path: Path) -> None:
    place = tree(tmp_path, {"/dev/nvidia0": "", "/dev/null0": "", "/dev/dri/renderD128": ""})
    found = {node["path"]: node for node in devices.device_nodes(place)}
    assert set(found) == {"/dev/nvidia0", "/dev/dri/renderD128"}
    assert found["/dev/nvidia0"]["mode"] in ("644", "664", "600")


def test_driver_libraries_are_followed_to_the_file_that_names_the_version(tmp_path: Path) -> None:
    folder = "/usr/lib/x86_64-linux-gnu"
    place = tree(tmp_path, {f"{folder}/libcuda.so.580.95.05": "", f"{folder}/libcuda.so.1": "-> libcuda.so.580.95.05"})
    targets = {entry["path"]: entry["target"] for entry in driver.libraries(place)}
    assert targets[f"{folder}/libcuda.so.1"] == f"{folder}/libcuda.so.580.95.05"
    with pytest.raises(Absent):
        driver.libraries(Place(root=str(tmp_path / "empty")))


def test_dkms_names_the_kernels_for_which_a_driver_is_built(tmp_path: Path) -> None:
    place = tree(tmp_path, {
        "/var/lib/dkms/nvidia/580.95.05/6.8.0-40-generic/x86_64/log/make.log": "",
        "/var/lib/dkms/nvidia/580.95.05/source/dkms.conf": "",
        "/var/lib/dkms/virtualbox/7.0/6.8.0-40-generic/x": "",
    })  # fmt: skip
    assert driver.dkms(place) == [
        {"name": "nvidia", "version": "580.95.05", "kernels": ["6.8.0-40-generic"], "is_building": False}
    ]


def test_running_helpers_are_found_by_their_short_names(tmp_path: Path) -> None:
    place = tree(
        tmp_path, {"/proc/1/comm": "systemd\n", "/proc/77/comm": "nv-fabricmanage\n", "/proc/self/comm": "x\n"}
    )
    assert driver.services(place) == ["nv-fabricmanage"]


def test_the_uuid_of_a_card_never_leaves_with_its_information(tmp_path: Path) -> None:
    text = "Model: \t\t NVIDIA H100\nGPU UUID: \t GPU-12345678\nBus Type: \t PCIe\n"
    place = tree(tmp_path, {"/proc/driver/nvidia/gpus/0000:01:00.0/information": text})
    (found,) = driver.gpus_information(place)
    assert "UUID" not in found
    assert "NVIDIA H100" in found


def test_modules_that_drive_or_block_a_gpu_are_named(tmp_path: Path) -> None:
    place = tree(tmp_path, {"/proc/modules": "ext4 1 0 - Live\nnouveau 2 0 - Live\nnvidia_uvm 3 0 - Live\n"})
    assert driver.modules(place) == ["nouveau", "nvidia_uvm"]


def test_only_lines_about_gpus_are_taken_from_the_kernel_log(tmp_path: Path) -> None:
    lines = "6,1,1,-;usb 1-1: new device\n3,2,2,-;NVRM: Xid (PCI:0000:01:00): 79, fallen off\n SUBSYSTEM=nvidia\n"
    place = tree(tmp_path, {"/dev/kmsg": lines})
    assert driver.kernel_log(place) == ["3,2,2,-;NVRM: Xid (PCI:0000:01:00): 79, fallen off"]


@pytest.mark.parametrize(("last", "expected"), [(b"\x01", True), (b"\x00", False)])
def test_secure_boot_is_the_fifth_byte_of_its_variable(tmp_path: Path, last: bytes, expected: bool) -> None:
    assert system.secure_boot(tree(tmp_path, {system.EFI_SECURE_BOOT: b"\x06\0\0\0" + last})) is expected


def test_threads_of_one_core_are_one_physical_core(tmp_path: Path) -> None:
    base = "/sys/devices/system/cpu"
    files: dict[str, str | bytes] = {}
    for number, core in enumerate("0011"):
        files[f"{base}/cpu{number}/topology/core_id"] = core
        files[f"{base}/cpu{number}/topology/physical_package_id"] = "0"
    assert system.physical_cores(tree(tmp_path, files)) == 2


def test_mounts_name_the_root_and_what_has_to_do_with_gpus(tmp_path: Path) -> None:
    lines = "1 0 8:1 / / rw - overlay overlay rw\n2 1 0:5 / /dev/nvidia0 rw - devtmpfs d rw\n"
    lines += "3 1 0:6 / /home rw - ext4 x rw\n"
    place = tree(tmp_path, {"/proc/self/mountinfo": lines})
    assert surroundings.mounts(place) == ["overlay /", "devtmpfs /dev/nvidia0"]


def test_toolkits_are_found_once_with_version_and_compiler(tmp_path: Path) -> None:
    place = tree(tmp_path, {
        "/usr/local/cuda-12.4/version.json": '{"cuda": {"version": "12.4.1"}}',
        "/usr/local/cuda-12.4/bin/nvcc": "",
        "/usr/local/cuda-12.4/compat/libcuda.so.550.54.15": "",
        "/usr/local/cuda": "-> cuda-12.4",
    })  # fmt: skip
    (found,) = libraries.toolkits(place)
    assert found["has_nvcc"]
    assert found["compat"] == ["libcuda.so.550.54.15"]
    assert "12.4.1" in found["version_file"]


def test_libraries_on_the_loaders_path_are_named_with_their_real_version(tmp_path: Path) -> None:
    place = tree(
        tmp_path, {"/opt/x/libcudnn.so.8.9.2": "", "/opt/x/libcudnn.so.8": "-> libcudnn.so.8.9.2", "/opt/x/libz.so": ""}
    )
    place.environ["LD_LIBRARY_PATH"] = "/opt/x:relative:"
    found = {entry["path"]: entry["target"] for entry in libraries.loader_path(place)}
    assert found["/opt/x/libcudnn.so.8"] == "libcudnn.so.8.9.2"
    assert not [path for path in found if "libz" in path]


# ---- Python environments


def a_distribution(site: Path, folder: str, **files: str) -> None:
    (site / folder).mkdir(parents=True)
    for name, content in files.items():
        (site / folder / name).write_text(content)


def scan(site: Path) -> dict[str, Any]:
    return packages.packages(Place(import_path=[str(site)]))


def test_distributions_are_read_from_metadata_alone(tmp_path: Path) -> None:
    a_distribution(
        tmp_path,
        "torch-2.11.0.dist-info",
        INSTALLER="pip\n",
        RECORD="",
        METADATA="Requires-Dist: nvidia-cudnn-cu13==9.19\n",
    )
    a_distribution(tmp_path, "nvidia_cublas_cu12-12.6.4.1.dist-info", INSTALLER="uv\n", RECORD="", METADATA="")
    a_distribution(tmp_path, "my_private_thing-1.0.dist-info", INSTALLER="pip", METADATA="")
    (tmp_path / "torch.py").write_text("raise SystemExit('imported')")
    found = scan(tmp_path)
    named = {package["name"]: package for package in found["packages"]}
    assert set(named) == {"torch", "nvidia-cublas-cu12"}
    assert found["other_count"] == 1
    assert named["torch"]["requires"] == ["nvidia-cudnn-cu13==9.19"]
    assert (named["torch"]["installer"], named["torch"]["has_record"]) == ("pip", True)


def test_the_rest_of_an_interrupted_pip_is_found(tmp_path: Path) -> None:
    (tmp_path / "~orch").mkdir()
    a_distribution(tmp_path, "~orch-2.5.1.dist-info", METADATA="")
    a_distribution(tmp_path, "torch-2.11.0.dist-info", INSTALLER="pip")
    found = scan(tmp_path)
    assert [os.path.basename(path) for path in found["half_removed"]] == ["~orch", "~orch-2.5.1.dist-info"]
    assert found["packages"][0]["has_record"] is False
    assert found["packages"][0]["has_metadata"] is False


def test_an_old_egg_gives_its_version_from_inside(tmp_path: Path) -> None:
    a_distribution(tmp_path, "torch.egg-info", **{"PKG-INFO": "Metadata-Version: 2.1\nVersion: 2.1.0a0+git1234567\n"})
    assert scan(tmp_path)["packages"][0]["version"] == "2.1.0a0+git1234567"


def test_credentials_in_an_installation_address_are_left_out(tmp_path: Path) -> None:
    origin = '{"url": "https://me:hunter2@host/path/torch-2.11.0.whl?sig=abc"}'
    a_distribution(tmp_path, "torch-2.11.0.dist-info", METADATA="", **{"direct_url.json": origin})
    assert scan(tmp_path)["packages"][0]["from_url"] == "torch-2.11.0.whl"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    assert scan(tmp_path)["unreadable"]


def test_two_torch_copies_are_two_and_a_link_to_one_is_none(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for site, version in ((first, "2.11.0+cpu"), (second, "2.5.1+cu124")):
        (site / "torch" / "lib").mkdir(parents=True)
        (site / "torch" / "version.py").write_text(f"__version__ = '{version}'\n")
        (site / "torch" / "__init__.py").write_text("raise SystemExit('imported')")
    (second / "torch" / "lib" / "libtorch_cuda.so").write_text("")
    (tmp_path / "link").symlink_to(second)
    place = Place(import_path=[str(first), str(second), str(tmp_path / "link")])
    found = torch_files.torch_copies(place)
    assert ["2.11.0+cpu" in copy["version_file"] for copy in found] == [True, False]
    assert found[1]["libraries"] == ["libtorch_cuda.so"]


def test_companions_tell_their_build_without_being_imported(tmp_path: Path) -> None:
    (tmp_path / "xformers").mkdir()
    (tmp_path / "xformers" / "cpp_lib.json").write_text('{"version": {"cuda": 1208}}')
    (tmp_path / "bitsandbytes").mkdir()
    (tmp_path / "bitsandbytes" / "libbitsandbytes_cuda126.so").write_text("")
    found = {entry["name"]: entry for entry in torch_files.companions(Place(import_path=[str(tmp_path)]))}
    assert found["xformers"]["files"] == {"cpp_lib.json": '{"version": {"cuda": 1208}}'}
    assert found["bitsandbytes"]["libraries"] == ["libbitsandbytes_cuda126.so"]


def test_the_cuda_that_a_library_asks_for_is_read_from_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_files, "CHUNK", 64)
    (tmp_path / "ctranslate2.libs").mkdir()
    library = tmp_path / "ctranslate2.libs" / "libctranslate2-d36.so.4.5.0"
    library.write_bytes(b"x" * 55 + b"libcublas.so.12\0" + b"y" * 200)  # across two pieces
    (tmp_path / "ctranslate2.libs" / "libgomp-a34.so.1").write_bytes(b"libcublas.so.11")
    (tmp_path / "flash_attn_2_cuda.cpython-311-x86_64-linux-gnu.so").write_bytes(b"libcudart.so.12\0")
    found = torch_files.needs(Place(import_path=[str(tmp_path)]))
    assert {entry["name"]: entry["asks_for"] for entry in found} == {
        "ctranslate2": ["libcublas.so.12"], "flash_attn": ["libcudart.so.12"],
    }  # fmt: skip
    with pytest.raises(Absent):
        torch_files.needs(Place(import_path=[]))


@pytest.mark.parametrize("before", range(128))
def test_a_librarys_name_is_whole_wherever_the_pieces_end(
    before: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_files, "CHUNK", 64)
    path = tmp_path / "x.so"
    path.write_bytes(b"." * before + b"libcudart.so.12")
    assert torch_files.names_inside(str(path), 1 << 20) == ["libcudart.so.12"]


def test_only_the_ends_of_a_huge_library_are_searched(tmp_path: Path) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(b"libcudart.so.12\0" + b"." * 100 + b"libcublas.so.11" + b"." * 100 + b"libcudart.so.11")
    assert torch_files.names_inside(str(path), 20) == ["libcudart.so.11", "libcudart.so.12"]


def test_condas_records_give_name_version_build_and_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meta = tmp_path / "conda-meta"
    meta.mkdir()
    (meta / "pytorch-2.5.1-cpu_generic_py311_h3c5d0ba_3.json").write_text(
        '{"build": "x", "channel": "https://c/conda-forge/linux-64"}'
    )
    (meta / "zlib-1.3-h0.json").write_text("{}")
    (meta / "history").write_text("==> 2026 <==\n# cmd: conda install pytorch\n# update specs: x\n")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert interpreter.conda_packages(Place()) == [
        {"name": "pytorch", "version": "2.5.1", "build": "cpu_generic_py311_h3c5d0ba_3",
         "channel": "https://c/conda-forge/linux-64"}
    ]  # fmt: skip
    assert interpreter.conda_history(Place()) == ["conda install pytorch"]


def test_this_interpreter_describes_itself() -> None:
    found = interpreter.interpreter(Place())
    assert found["version"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.")
    assert found["bits"] == 64
    assert interpreter.release_suffix((3, 14, 0, "candidate", 2)) == "rc2"


def test_windows_questions_are_absent_elsewhere() -> None:
    if sys.platform == "win32":
        pytest.skip("this is Windows")
    for question in (windows.version, windows.adapters, windows.memory, windows.power):
        with pytest.raises(Absent):
            question(Place())
