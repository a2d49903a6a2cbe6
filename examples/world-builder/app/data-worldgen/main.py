"""Stands for the application. Generates a world of heights, a new one each minute."""

import time

import numpy


def main() -> None:
    while True:
        heights = numpy.random.default_rng().normal(size=(64, 64))
        print(f"a world between {heights.min():.2f} and {heights.max():.2f}", flush=True)
        time.sleep(60)


if __name__ == "__main__":
    main()
