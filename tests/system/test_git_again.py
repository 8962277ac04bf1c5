"""Repositories that are imported again: with equal tag names, moved or deleted tags, and unusual clones.
RELEASEHEALTH_REPOSITORIES is the number of random ones (0; nodb has 400 random histories)."""
import os

import again
import pytest

from harness import Cluster

SEEDS = range(int(os.environ.get("RELEASEHEALTH_REPOSITORIES") or 0))


@pytest.fixture(scope="module")
def ledger(house, program):
    """A function that makes a ledger of that name, with a database in one PostgreSQL."""
    cluster = Cluster(house, "postgres").create().start()

    def make(name, rules=""):
        cluster.sql(f'CREATE DATABASE "{name}"')
        return again.Ledger(house, program, name, rules, cluster.dsn.replace("dbname=postgres", f"dbname={name}"))

    return make


def test_three_repositories_with_the_same_tags_are_imported_twice_with_a_merge_back_between(ledger, house):
    again.equal_tags(ledger, house.folder)


def test_tags_that_moved_or_were_deleted_are_retracted(ledger, house):
    again.moved_and_gone(ledger, house.folder)


def test_clones_that_lack_data_or_belong_to_others_are_imported_or_fail_with_advice(ledger, house):
    again.clones(ledger, house.folder)


def test_facts_that_a_history_lacks_are_not_invented(ledger, house):
    again.meanings(ledger, house.folder)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_states_of_a_random_repository_give_the_same_in_either_order(ledger, house, seed):
    again.either_order(ledger, house.folder, seed)
