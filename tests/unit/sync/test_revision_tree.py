"""Laws of the revision tree: the same paths give the same tree, in any order and grouping."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.revision import Revision
from sync.revision_tree import RevisionTree
from tests.support.soak import scaled


def rev(generation: int, letter: str) -> Revision:
    return Revision(generation, letter * 32)


def path(*texts: str) -> list[Revision]:
    """`path("3c", "2b")` is newest first."""
    return [rev(int(text[:-1]), text[-1]) for text in texts]


def tree_of(*paths: list[Revision], deleted: tuple[str, ...] = ()) -> RevisionTree:
    merged = RevisionTree.of_path(paths[0])
    for each in paths[1:]:
        merged = merged.merged(RevisionTree.of_path(each))
    return RevisionTree(merged.parents, frozenset(path(*deleted)))


@st.composite
def histories(draw: st.DrawFn) -> list[list[Revision]]:
    """The leaf paths of one true history: every revision has one parent."""
    parents: list[int] = [draw(st.integers(-1, index - 1)) for index in range(draw(st.integers(1, 14)))]
    chains: list[list[Revision]] = []
    for index, parent in enumerate(parents):
        ancestry = chains[parent] if parent >= 0 else []
        digest = hashlib.md5(f"{index}".encode(), usedforsecurity=False).hexdigest()
        chains.append([Revision(len(ancestry) + 1, digest), *ancestry])
    return chains


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[Revision]], list[list[Revision]]]:
    """The same paths twice: shuffled and repeated differently."""
    paths = draw(histories())
    again = draw(st.lists(st.sampled_from(paths), max_size=6))
    return draw(st.permutations(paths)), draw(st.permutations(paths + again))


class TestMerge:
    """A tree is the union of the paths delivered (PROTOCOL C39)."""

    @given(deliveries())
    def test_the_order_and_repetition_of_deliveries_never_matter(self, delivered):
        one, other = delivered
        assert tree_of(*one) == tree_of(*other)
        assert tree_of(*one).leaves == tree_of(*other).leaves

    @given(histories(), histories())
    def test_merging_is_commutative_and_idempotent(self, ours, theirs):
        one, other = tree_of(*ours), tree_of(*theirs)
        assert one.merged(other) == other.merged(one)
        assert one.merged(other).merged(other) == one.merged(other)

    @given(histories(), histories(), histories())
    def test_merging_is_associative(self, first, second, third):
        a, b, c = tree_of(*first), tree_of(*second), tree_of(*third)
        assert a.merged(b).merged(c) == a.merged(b.merged(c))

    def test_a_longer_path_joins_a_stem_where_they_overlap(self):
        tree = tree_of(path("4d", "3c"), path("3c", "2b", "1a"))
        assert tree.history(rev(4, "d")) == path("4d", "3c", "2b", "1a")
        assert tree.leaves == (rev(4, "d"),)

    def test_roots_that_share_nothing_stay_apart(self):
        tree = tree_of(path("1a"), path("1b"))
        assert tree.leaves == (rev(1, "b"), rev(1, "a"))

    def test_two_claimed_parents_are_both_kept_whatever_came_first(self):
        one = tree_of(path("2b", "1a"), path("2b", "1c"))
        other = tree_of(path("2b", "1c"), path("2b", "1a"))
        assert one == other
        assert one.history(rev(2, "b")) == path("2b", "1c")


class TestWinner:
    """Not deleted first, then generation, then digest (PROTOCOL B28, B29)."""

    def test_a_living_leaf_wins_over_a_higher_tombstone(self):
        tree = tree_of(path("2b", "1a"), path("2c", "1a"), path("4d", "3d", "2d", "1a"), deleted=("4d",))
        assert tree.leaves == (rev(2, "c"), rev(2, "b"), rev(4, "d"))

    def test_among_tombstones_the_highest_wins(self):
        tree = tree_of(path("2b", "1a"), path("3c", "2c", "1a"), deleted=("2b", "3c"))
        assert tree.winner == rev(3, "c")

    def test_generations_are_numbers_not_text(self):
        assert tree_of(path("9f"), path("10a")).winner == rev(10, "a")


class TestStemming:
    """The newest revisions of each branch are kept, the same ones on every replica (PROTOCOL C43)."""

    def test_a_branch_keeps_its_newest_revisions(self):
        tree = tree_of(path("4d", "3c", "2b", "1a")).stemmed(2)
        assert tree.history(rev(4, "d")) == path("4d", "3c")
        assert rev(2, "b") not in tree

    def test_a_link_beyond_the_limit_of_every_leaf_is_cut(self):
        # 3 is within reach of 5, and 2 of 3', but no leaf reaches both ends of the link 3 to 2.
        tree = tree_of(path("5e", "4d", "3c", "2b", "1a"), path("3f", "2b", "1a")).stemmed(3)
        assert tree.history(rev(5, "e")) == path("5e", "4d", "3c")
        assert tree.history(rev(3, "f")) == path("3f", "2b", "1a")

    @given(histories(), st.integers(1, 5))
    def test_stemming_twice_is_stemming_once_and_adds_nothing(self, paths, limit):
        tree = tree_of(*paths)
        stemmed = tree.stemmed(limit)
        assert stemmed.stemmed(limit) == stemmed
        assert set(stemmed.parents) <= set(tree.parents)
        assert stemmed.leaves == tree.leaves

    @settings(max_examples=scaled(300, 10_000))
    @given(st.data(), histories(), st.sampled_from([2, 3, 5, 1000]))
    def test_replicas_that_exchange_leaves_agree_on_leaves_and_winner(self, data, paths, limit):
        # Parents are written before their children, each at one of three replicas.
        replicas: list[RevisionTree | None] = [None, None, None]
        for each in sorted(paths, key=len):
            at = data.draw(st.integers(0, 2))
            replicas[at] = _with(replicas[at], each[:limit], limit)
        for _ in range(4):
            for source in list(replicas):
                for leaf in source.leaves if source else ():
                    shown = source.history(leaf)
                    replicas = [_with(tree, shown, limit) for tree in replicas]
        assert replicas[0].leaves == replicas[1].leaves == replicas[2].leaves


def _with(tree: RevisionTree | None, delivered: list[Revision], limit: int) -> RevisionTree:
    branch = RevisionTree.of_path(delivered)
    return (tree.merged(branch) if tree else branch).stemmed(limit)


class TestLatest:
    """A revision that is no leaf stands for the leaves after it (PROTOCOL B33, D53)."""

    def test_an_ancestor_leads_to_all_its_leaves_winner_first(self):
        tree = tree_of(path("2b", "1a"), path("3d", "2c", "1a"), path("1f"))
        assert tree.leaves_after(rev(1, "a")) == path("3d", "2b")
        assert tree.leaves_after(rev(2, "c")) == path("3d")

    def test_a_leaf_stands_for_itself(self):
        assert tree_of(path("2b", "1a")).leaves_after(rev(2, "b")) == path("2b")

    def test_possible_ancestors_are_the_leaves_of_a_smaller_generation(self):
        tree = tree_of(path("2b", "1a"), path("3d", "2c", "1a"))
        assert tree.possible_ancestors(3) == path("2b")
