"""The expectations of three other tools for their own cases, through this engine: the same, or different for a reason
(figures.md section 13). The cases are not in this repository: RELEASEHEALTH_PEERS, or ../shared/data/cases."""
import os
import pathlib

import peers
import pytest

from harness import ROOT, wait_until

CASES = pathlib.Path(os.environ.get("RELEASEHEALTH_PEERS", ROOT.parent / "shared/data/cases"))
EXPECTED = ROOT / "tests/peers/table.tsv"
if not CASES.is_dir():
    pytest.skip(f"no cases of other tools at {CASES}", allow_module_level=True)


@pytest.fixture(scope="module")
def table(daemon):
    """The lines of the table that these figures give."""
    daemon.import_events(peers.events(CASES), "peers")
    wait_until(60, "the timeline equals a derivation of the events", lambda: daemon.command("rebuild", "--check").returncode == 0)
    return peers.table(CASES, daemon.url)


def test_every_difference_has_a_reason(table):
    assert [line for line in table if line.endswith("\tUNEXPLAINED")] == []
    assert [line for line in table if line.endswith("\tsame")] != []


def test_the_figures_match_the_table(table):
    if os.environ.get("RELEASEHEALTH_WRITE_PEERS"):
        EXPECTED.write_text("\n".join(table) + "\n")
    assert table == EXPECTED.read_text().splitlines()
