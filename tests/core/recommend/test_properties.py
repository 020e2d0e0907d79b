"""Properties that hold for every machine, tried on random ones."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gpuproof.core import knowledge
from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.unknown import NOT_ASKED
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.case import platform_key
from gpuproof.core.recommend.document import recommendation_document
from gpuproof.core.recommend.model import Card, Recommendation, Subject
from gpuproof.core.recommend.subject import named_card
from gpuproof.core.words import LANGUAGES

CAPABILITIES = [
    "3.5",
    "3.7",
    "5.0",
    "5.2",
    "6.0",
    "6.1",
    "7.0",
    "7.5",
    "8.0",
    "8.6",
    "8.7",
    "8.9",
    "9.0",
    "10.0",
    "10.3",
    "11.0",
    "12.0",
    "12.1",
]
PLACES = [
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("windows", "x86_64"),
    ("wsl", "x86_64"),
    ("macos", "arm64"),
    ("macos", "x86_64"),
    ("windows", "aarch64"),
]
PYTHONS = [f"3.{minor}" for minor in range(7, 17)] + ["3.13t", "3.14t", "3.15t", "3.11-32"]
DRIVERS = [
    None,
    "390.157",
    "418.39",
    "450.80.01",
    "450.80.02",
    "452.38",
    "452.39",
    "470.256.02",
    "525.60.12",
    "525.60.13",
    "528.32",
    "528.33",
    "535.288.01",
    "550.163.01",
    "569.99",
    "570",
    "575.64.05",
    "579.99",
    "580",
    "582.28",
    "595.84",
    "620.70.06",
]


def card(capability: str) -> Card:
    found = knowledge.capability(capability)
    assert found is not None
    return Card(name=f"card {capability}", compute_capability=found)


cards = st.lists(st.sampled_from(CAPABILITIES).map(card), max_size=3).map(tuple)
machines = st.builds(
    lambda cards, place, python, driver: Subject(
        system=place[0],
        machine=place[1],
        python=python,
        cards=cards,
        driver=None if driver is None else DottedVersion(driver),
    ),
    cards,
    st.sampled_from(PLACES),
    st.sampled_from(PYTHONS),
    st.sampled_from(DRIVERS),
)


def key(subject: Subject) -> str:
    return platform_key(str(subject.system), str(subject.machine))


@settings(max_examples=150, deadline=None)
@given(machines)
def test_the_choice_is_published_for_that_system_and_python(subject: Subject) -> None:
    choice = recommend(subject).choice
    if choice is None:
        return
    release = knowledge.torch_release(choice.torch)
    assert release is not None
    build = release.build(choice.variant)
    assert build is not None
    assert build.is_recommendable
    assert key(subject) in build.platforms
    assert str(subject.python) in release.pythons[key(subject)]


@settings(max_examples=150, deadline=None)
@given(machines)
def test_a_cuda_choice_holds_code_for_a_card_and_runs_on_the_driver(subject: Subject) -> None:
    choice = recommend(subject).choice
    if choice is None or not choice.variant.startswith("cu"):
        return
    codes = knowledge.arch_list(choice.torch, choice.variant, key(subject))
    assert codes
    cuda = knowledge.cuda_of_variant(choice.variant)
    assert isinstance(subject.cards, tuple)
    assert any(
        knowledge.runs_on(codes, each.compute_capability or ComputeCapability(0, 0), cuda) for each in subject.cards
    )
    assert cuda is not None
    needed = knowledge.minimum_driver(cuda, "linux" if subject.system == "linux" else "windows")
    assert needed is not None
    assert isinstance(subject.driver, DottedVersion)
    assert subject.driver >= needed


@settings(max_examples=150, deadline=None)
@given(machines, st.sampled_from(DRIVERS[1:]), st.sampled_from(DRIVERS[1:]))
def test_a_newer_driver_never_makes_the_gpu_answer_older(subject: Subject, one: str, other: str) -> None:
    """Compared for one card: several cards may be served together only from some driver on."""
    assert isinstance(subject.cards, tuple)
    alone = subject.cards[:1]
    older, newer = sorted((DottedVersion(one), DottedVersion(other)))
    before, after = (recommend(_with(subject, alone, driver)) for driver in (older, newer))
    if _gpu_release(before) is not None:
        found = _gpu_release(after)
        assert found is not None
        assert found >= (_gpu_release(before) or found)


@settings(max_examples=150, deadline=None)
@given(machines)
def test_the_answer_is_complete(subject: Subject) -> None:
    answer = recommend(subject)
    assert answer.because
    nvidia = bool(subject.cards) and subject.system != "macos"
    assert (answer.driver.action == "none") or nvidia
    if answer.driver.action in ("install", "upgrade"):
        assert answer.driver.minimum
        assert answer.driver.how
    if answer.driver.action == "downgrade":
        assert answer.driver.maximum_branch
    if answer.choice:
        for command in (answer.choice.commands.pip, answer.choice.commands.uv):
            assert "--index-url https://download.pytorch.org/whl/" in command
    seen = [(each.torch, each.variant) for each in answer.alternatives]
    assert len(seen) == len(set(seen))


NAMES = (
    "NVIDIA GeForce RTX 4090",
    "Tesla K80",
    "GT 710",
    "AMD Radeon RX 7900 XTX",
    "AMD weird",
    "Intel Arc A770",
    "odd",
)
PINS = (None, "==2.5.1", "<2.0", ">=2.11", "==2.14.1+cu126", "==2.5.1+cpu", "!=2.15.0")
NO_CARD_IN_WSL = Subject(system="wsl", machine="x86_64", python="3.9")
INSTALLED = (None, "2.11.0+cu130", "2.5.1", "1.13.1+cu117", "nonsense", "")


@settings(max_examples=120, deadline=None)
@given(
    machines,
    st.lists(st.sampled_from(NAMES), max_size=3),
    st.sampled_from(PINS),
    st.sampled_from(["", *(app.id for app in knowledge.app_profiles())]),
    st.sampled_from(INSTALLED),
    st.booleans(),
)
@example(NO_CARD_IN_WSL, ["AMD Radeon RX 7900 XTX"], "==2.5.1", "heygem", None, True)
def test_every_sentence_is_whole(
    subject: Subject, names: list[str], pin: str | None, app: str, installed: str | None, is_seen: bool
) -> None:
    changed = replace(
        subject,
        cards=tuple(named_card(name) for name in names),
        torch_pin=pin,
        app=app or None,
        installed_torch=installed,
        driver=subject.driver if is_seen else NOT_ASKED,
    )
    for language in LANGUAGES:
        document = recommendation_document(recommend(changed), language)
        said = [*document["because"], *document["notices"], *document["missing"], *document["driver"]["how"]]
        said += [each["reason"] for each in document["rejected"]]
        said += [each["trade_off"] for each in document["alternatives"]]
        assert said
        assert not [sentence for sentence in said if "{" in sentence or "None" in sentence]
        if document["choice"] is None and language == "en":
            assert not [each for each in document["rejected"] if "the choice" in each["reason"]]


def _with(subject: Subject, cards: tuple[Card, ...], driver: DottedVersion) -> Subject:
    return Subject(system=subject.system, machine=subject.machine, python=subject.python, cards=cards, driver=driver)


def _gpu_release(answer: Recommendation) -> DottedVersion | None:
    choice = answer.choice
    return DottedVersion(choice.torch) if choice and choice.variant.startswith("cu") else None
