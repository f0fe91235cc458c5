"""A small convolutional network on pictures of digits.

After LeCun et al. (1998). `python examples/cnn.py` trains it on the bundled digits; with `--mnist DIR`, a folder of
MNIST's IDX files, gzipped or not, on those, and says what share of held-out pictures it reads rightly.
"""

from __future__ import annotations

import argparse

import uzviz as uz


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--mnist", metavar="DIR", default="digits", help="folder of IDX files")
    given.add_argument("--epochs", type=float, default=5)
    given.add_argument("--seed", type=int, default=0)
    asked = given.parse_args()
    problem = uz.problems.cnn(asked.mnist)
    run = uz.train(problem, uz.Adam(lr=1e-3), batch=32, epochs=asked.epochs, seed=asked.seed)
    train, _, test = problem.sizes
    print(
        f"{train:,} pictures, {asked.epochs:g} epochs: {run.results['test/accuracy']:.1%} of {test:,} held-out "
        "ones are read rightly"
    )


if __name__ == "__main__":
    main()
