"""The picker's list."""

import os

from gpuproof.core.watch.processes import MASKED, candidates


def test_own_programs_stand_first_and_other_peoples_names_are_masked():
    found = candidates(most=5000)
    assert any(one.pid == os.getpid() and one.is_mine for one in found)
    assert all(one.name == MASKED for one in found if not one.is_mine)
    assert [one.is_mine for one in found] == sorted((one.is_mine for one in found), reverse=True)
