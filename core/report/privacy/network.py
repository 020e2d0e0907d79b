"""Addresses and hosts: which dotted number is an address and which is a version, and which hosts are public."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from gpuproof.core.report.privacy.public_words import public_words

StandIn = Callable[[str, str], str]

_IPV4 = re.compile(r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-fA-F:]*:[0-9a-fA-F:]*:)[0-9a-fA-F:]{3,39}(?![\w:])")
_MAC = re.compile(r"(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])")
_URL = re.compile(
    r"\b([a-z][a-z0-9+.-]{1,12})://(?:([^\s/@\"'<>]*)@)?(\[[0-9a-fA-F:]+\]|[^\s/:\"'<>?#,;)\]]+)(:\d+)?([^\s\"'<>]*)",
    re.I,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# What stands directly before a number that is a version: "==", "-cu12 ", "version: ", "v", "cudnn ", "driver ".
_VERSION_BEFORE = re.compile(
    r"(?:[=<>~!]=\s?|\b(?:version|versions|ver|driver|release|firmware|vbios|build|bios|cudnn|cublas|curand|cufft|nccl"
    r"|cusparse|cusolver|nvjitlink|nvrtc|tensorrt|cuda|toolkit)\b[\s\"':=(v-]*|[A-Za-z][\w.-]*[-_]cu\d+[\s\"':=@-]*|\bv|[a-z]-)\Z",
    re.I,
)
_ADDRESS_BEFORE = re.compile(r"(?:@|//|\b(?:ip|inet|addr|address|host|from|server|proxy|gateway)\b[\s:=]*)\Z", re.I)


def clean_network(words: str, stand_in: StandIn, versions: frozenset[str] = frozenset()) -> str:
    """Replace URLs of private hosts, mail, MAC and IP addresses; dotted numbers in ``versions`` stay."""
    if "://" in words:
        words = _URL.sub(lambda found: _url(found, stand_in), words)
    if "@" in words:
        words = _EMAIL.sub(lambda found: stand_in("mail", found.group()), words)
    if ":" in words or "-" in words:
        words = _MAC.sub(lambda found: stand_in("mac", found.group()), words)
    if ":" in words:
        words = _IPV6.sub(lambda found: _ipv6(found, stand_in), words)
    return _IPV4.sub(lambda found: _ipv4(found, stand_in, versions), words) if words.count(".") > 2 else words


def _ipv4(found: re.Match[str], stand_in: StandIn, versions: frozenset[str]) -> str:
    address = found.group()
    before = found.string[max(0, found.start() - 60) : found.start()]
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in found.groups()):
        return address
    if int(found.group(1)) in (0, 127) or address == "255.255.255.255":
        return address
    is_port_or_net = re.match(r"(?::\d{2,5}|/\d{1,2})(?!\d)", found.string[found.end() :]) is not None
    if _ADDRESS_BEFORE.search(before) or is_port_or_net:
        return stand_in("ip", address)
    return address if address in versions or _VERSION_BEFORE.search(before) else stand_in("ip", address)


def _ipv6(found: re.Match[str], stand_in: StandIn) -> str:
    try:
        address = ipaddress.IPv6Address(found.group())
    except ValueError:
        return found.group()
    return found.group() if address.is_loopback or address.is_unspecified else stand_in("ip", found.group())


def _url(found: re.Match[str], stand_in: StandIn) -> str:
    scheme, login, host, port, rest = found.groups()
    kept_login = "[removed]@" if login is not None else ""
    rest = re.sub(r"[?#].*", lambda query: "?[removed]" if len(query.group()) > 1 else "", rest)
    if host.casefold() in public_words("public_hosts"):
        return f"{scheme}://{kept_login}{host}{port or ''}{rest}"
    shown = host if re.match(r"(?:(?:host|ip)-[0-9a-f]{10}|\ue000\d+\ue001)\Z", host) else stand_in("host", host)
    kept_rest = rest if rest in ("", "/", "/…") else "/…"
    return f"{scheme}://{kept_login}{shown}{port or ''}{kept_rest}" if scheme.lower() != "file" else found.group()
