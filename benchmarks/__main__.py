"""Run all benchmarks."""

from benchmarks import interpreter, linear, parse, start
from benchmarks.measure import main

if __name__ == "__main__":
    main([interpreter.run, linear.run, parse.run, start.run], "Run all benchmarks.")
