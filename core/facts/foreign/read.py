"""Any pasted text to facts: the kinds that were recognised, and one Machine for the rules."""

from __future__ import annotations

from gpuproof.core.facts.foreign import (
    collect_env,
    compose_file,
    driver_words,
    environment_lists,
    hints,
    nvidia_smi,
    packages,
    sentences,
    surroundings,
    symptoms,
    torch_words,
)
from gpuproof.core.facts.foreign.clean import clean, decode, flatten
from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import Machine


def read_foreign(found: str | bytes) -> tuple[str, Machine]:
    """Return the kinds found, joined by ``+`` (``collect_env+traceback``; ``text`` when none), and the facts.

    Nothing is fetched, run or linked; every reader is linear in the length of the text.
    """
    words = clean(decode(found) if isinstance(found, bytes) else found)
    flat = flatten(words)
    draft = Draft()
    if compose_file.read(words, draft):
        return "compose", draft.machine()
    kinds = [
        *collect_env.read(words, draft),
        *nvidia_smi.read(words, flat, draft),
        *environment_lists.read(words, flat, draft),
        *packages.read(words, draft),
    ]
    flat = hints.without_template(flat)
    torch_words.read(words, flat, draft)
    driver_words.read(flat, words, draft)
    surroundings.read(words, flat, draft)
    draft.symptoms.extend(symptoms.find(words, flat))
    known = {symptom.id for symptom in draft.symptoms}
    draft.symptoms.extend(symptom for symptom in sentences.find(words) if symptom.id not in known)
    draft.symptoms.extend(hints.find(flat, symptoms.in_its_case(words, flat)))
    if "traceback (most recent call last)" in flat:
        kinds.append("traceback")
    return "+".join(dict.fromkeys(kinds)) or "text", draft.machine()
