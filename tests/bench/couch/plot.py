"""The tables as pictures: rates as multiples of CouchDB's, costs against the number of documents."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot

Rates = Mapping[str, Sequence[float]]
INK = ("#12365e", "#b8892b", "#8a8f98")


def plot_ratios(path: Path, rates: Mapping[str, Rates], basis: str) -> None:
    """Draw each operation's rate by server as a multiple of the median of `basis`."""
    figure, axes = pyplot.subplots(figsize=(9, 0.55 * len(rates) + 1.6))
    names = list(next(iter(rates.values())))
    for row, by_server in enumerate(rates.values()):
        unit = statistics.median(by_server[basis]) if basis in by_server else 1.0
        for place, name in enumerate(names):
            multiples = [rate / unit for rate in by_server.get(name, ())]
            if not multiples:
                continue
            at, middle = row + 0.25 * place, statistics.median(multiples)
            axes.barh(at, middle, height=0.22, color=INK[place % len(INK)], label=None if row else name)
            axes.plot([min(multiples), max(multiples)], [at, at], color="black", linewidth=1)
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_yticks([row + 0.25 for row in range(len(rates))], list(rates))
    axes.invert_yaxis()
    axes.set_xlabel(f"times {basis}: median, and from least to most")
    axes.legend(loc="lower right")
    _save(figure, path)


def plot_costs(path: Path, costs: Mapping[str, Mapping[int, float]]) -> None:
    """Draw milliseconds of each call against the documents in the database."""
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for name, by_count in costs.items():
        axes.plot(list(by_count), list(by_count.values()), marker="o", label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("documents in the database")
    axes.set_ylabel("milliseconds a call")
    axes.legend(fontsize="small")
    _save(figure, path)


def _save(figure: pyplot.Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
