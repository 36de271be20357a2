"""python3 run.py MODULE…: runs unittest modules of this folder; exits with 77 where every test was skipped."""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'support')]


def main(names):
    try:
        import websockets  # noqa: F401
    except ImportError:
        print('skipped: python3-websockets is not installed')
        return 77
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromNames(names))
    if not result.wasSuccessful():
        return 1
    return 77 if len(result.skipped) >= result.testsRun else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
