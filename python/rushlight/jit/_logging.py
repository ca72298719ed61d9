"""Counters that compiled code may write to. Nothing reads them yet, so they are kept and nothing more."""
_counters = {}


def add_stat_value(name, value):
    _counters[name] = _counters.get(name, 0) + value


def time_point():
    import time
    return time.perf_counter_ns()
