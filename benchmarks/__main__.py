"""Run all benchmarks."""

from benchmarks import comparison, interpreter, linear, parse, start, sweep
from benchmarks.measure import main

if __name__ == "__main__":
    main([comparison.run, interpreter.run, linear.run, parse.run, start.run, sweep.run], "Run all benchmarks.")
