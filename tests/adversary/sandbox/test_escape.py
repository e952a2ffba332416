"""Attempts to escape from the cage, each with raw system calls: a captured engine is assumed.

An attack that the whole cage stops proves nothing by itself. So each is run three ways: in the whole
cage it fails; without the layers that are meant to stop it, it succeeds; and with any one of these
layers back, it fails again.
"""
import json
import warnings

import pytest

from adversary.sandbox.attacks import ATTACKS
from adversary.sandbox.conftest import WAIVED
from adversary.sandbox.languages import only_when_asked

ALL = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


RUNS_UNTIL_TEMPLATE_MAX = 2000
# By what a run that begins in a template could have more than another: processes and memory. Descriptors that
# could be guessed it has none, whatever is left out: the template keeps nothing open of its zygote's.
FORKED = pytest.mark.parametrize("attack", [attack for attack in ATTACKS if any(
    word in attack.name for word in ("process", "neighbour", "memory", "signal", "limits", "program"))],
    ids=lambda attack: attack.name)


def make_template(runner, source):
    """Runs the source, which does nothing with 0, until it has a template."""
    before = runner.templates()
    for _ in range(RUNS_UNTIL_TEMPLATE_MAX):
        assert runner.run(source, input="0")["status"] == "SUCCEEDED"
        if runner.templates() - before:
            return
    raise AssertionError("no template was made")


def attempt(runner, attack, world, language, is_from_template=False):
    """What the attack's program answered; None when it was killed or did not come back."""
    world.reset()
    source = attack.source(world.facts(), language)
    if is_from_template:
        source = only_when_asked(source)
        make_template(runner, source)
    neighbour = None
    if attack.has_neighbour:
        neighbour = runner.start(language.wait)
        runner.wait_call()
    finished = runner.run(source, input="1" if is_from_template else "")
    if neighbour is not None:
        runner.send({"cancel_run": {"run_key": neighbour}})
        runner.finish(neighbour)
    return json.loads(finished["output"]) if finished["status"] == "SUCCEEDED" else None


def has_succeeded(attack, result, world):
    if attack.evidence:
        return (world.folder / attack.evidence.rpartition("/")[2]).exists()
    return attack.succeeded(result)


def stopping_layers(attack, landlock_version):
    """Those of its layers that can be had here."""
    return [layer for layer in attack.layers
            if layer not in WAIVED and (layer != "landlock" or landlock_version >= attack.landlock_version)]


@ALL
def test_the_whole_cage_stops(attack, runners, world, language):
    # An engine that writes machine code may have memory for it, and nothing else.
    result = attempt(runners(), attack, world, language)
    assert has_succeeded(attack, result, world) == (attack.name in language.own_ways), result


@ALL
def test_the_whole_cage_stops_it_in_a_run_of_a_template(attack, runners, world, language):
    result = attempt(runners(), attack, world, language, is_from_template=True)
    assert has_succeeded(attack, result, world) == (attack.name in language.own_ways), result


@FORKED
def test_without_its_layers_it_succeeds_in_a_run_of_a_template(attack, runners, world, language):
    result = attempt(runners(attack.layers + attack.aside), attack, world, language, is_from_template=True)
    if isinstance(result, int) and -result in attack.absent:
        warnings.warn(f"not in this kernel, so nothing is shown: {attack.name}")
        return
    assert has_succeeded(attack, result, world), result


@ALL
def test_without_its_layers_it_succeeds(attack, runners, world, language):
    result = attempt(runners(attack.layers + attack.aside), attack, world, language)
    if isinstance(result, int) and -result in attack.absent:
        warnings.warn(f"not in this kernel, so nothing is shown: {attack.name}")
        return
    assert has_succeeded(attack, result, world), result


@ALL
def test_each_of_its_layers_alone_stops(attack, runners, world, landlock_version, language):
    for layer in stopping_layers(attack, landlock_version):
        if layer == "seccomp" and attack.name in language.own_ways:
            continue
        others = [other for other in attack.layers if other != layer]
        result = attempt(runners([*others, *attack.aside]), attack, world, language)
        assert not has_succeeded(attack, result, world), f"{layer} alone: {result}"


def test_what_is_left_out_is_not_claimed(runners, language):
    assert "seccomp" in runners().layers
    assert "seccomp" not in runners(["seccomp"]).layers
    assert "landlock" not in runners(["landlock"]).run(language.nothing)["layers"]
