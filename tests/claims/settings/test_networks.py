"""What selects behaviour in the families and procedures of networks is validated."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from claim_tools import drawn

from lemmata.claims import ClaimError
from lemmata.claims.settings.networks.balance import Rule, training
from lemmata.claims.settings.networks.dense import Entry, dense_networks


@pytest.mark.parametrize("entry", ["schedule", "shedule", None])
def test_entries_are_an_enumeration(entry: Any) -> None:
    """A name in place of an entry is refused, whether it is spelt rightly or not."""
    with pytest.raises(ClaimError, match=re.escape(f"the entry {entry!r}; expected one of Entry.BIAS, Entry.SCHEDULE")):
        dense_networks(entries=(entry,))


def test_rules_are_an_enumeration() -> None:
    """A name in place of a training rule is refused."""
    with pytest.raises(ClaimError, match=re.escape("the rule 'descent'; expected one of Rule.DESCENT")):
        training("descent")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "arrays"),
    [
        (Entry.BIAS, {"b1", "b2"}),
        (Entry.MINIBATCH, {"sample_weights"}),
        (Entry.DECAY, {"decay"}),
        (Entry.MOMENTUM, {"momentum", "V1", "V2"}),
        (Entry.SCHEDULE, set()),
        (Entry.LAYER_STEPS, set()),
    ],
)
def test_entries_bring_their_arrays(entry: Entry, arrays: set[str]) -> None:
    """Each entry adds its arrays, or makes the step sizes longer."""
    shape = {"widths": [2, 2, 2], "samples": 2, "activation": "relu", "steps": 3}
    plain, given = (drawn(dense_networks(entries=entries), **shape)[1] for entries in ((), (entry,)))
    longer = {Entry.SCHEDULE: (3, 1), Entry.LAYER_STEPS: (1, 2)}

    assert arrays == set(given) - set(plain)
    assert longer.get(entry, (1, 1)) == given["eta"].shape[1:]


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_can_be_made(rule: Rule) -> None:
    """Each rule takes its constants from an instance."""
    instances = {"eta": np.full((1, 1, 1), 0.1), "decay": np.ones(1), "momentum": np.ones(1)}

    assert rule.of(instances) is not None
    assert rule.value == training(rule).name
