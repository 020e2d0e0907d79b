"""Application profiles by id, by name, and what is said of an unknown one."""

import pytest

from gpuproof.core.knowledge import app_profile, require_app
from gpuproof.core.problems import UserProblem


@pytest.mark.parametrize("wanted", ["heygem", "HeyGem", " heygem "])
def test_a_profile_is_found_by_id_or_name_in_any_case(wanted):
    assert require_app(wanted).id == "heygem"


def test_an_unknown_application_names_the_known_ones():
    assert app_profile("photoshop") is None
    with pytest.raises(UserProblem, match="photoshop") as problem:
        require_app("photoshop")
    assert "heygem" in str(problem.value.hint)
