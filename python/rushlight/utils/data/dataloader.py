"""DataLoader: batches of a data set, in this process or by worker processes."""
import functools
import itertools

import rushlight as torch
from ._collate import default_collate, default_convert
from ._workers import Workers
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler


class _InfiniteConstantSampler(Sampler):
    """None for ever: iterable data sets decide themselves what comes next."""

    def __iter__(self):
        while True:
            yield None


def _fetch_by_number(dataset, batched, collate, indices):
    if not batched:
        return collate(dataset[indices])
    get_items = getattr(dataset, "__getitems__", None)
    return collate(get_items(indices) if get_items else [dataset[i] for i in indices])


def _fetch_next(state, batched, drop_last, collate, indices):
    """The next samples of an iterable data set; StopIteration when there are none."""
    iterator = state["iterator"]
    if not batched:
        return collate(next(iterator))
    samples = list(itertools.islice(iterator, len(indices)))
    if not samples or (drop_last and len(samples) < len(indices)):
        raise StopIteration
    return collate(samples)


def _make_fetcher(iterable, batched, drop_last, collate, dataset):
    """A function of a list of numbers (or one number, or None) that gives the batch."""
    if iterable:
        return functools.partial(_fetch_next, {"iterator": iter(dataset)}, batched, drop_last, collate)
    return functools.partial(_fetch_by_number, dataset, batched, collate)


class DataLoader:
    """Iterates over batches of a data set.

    batch_size: None for single samples; shuffle, sampler, batch_sampler: the order, at most one of them; num_workers: processes that fetch
    ahead; collate_fn: makes a batch of samples; drop_last: without a last batch that is smaller; generator: of the random order.
    pin_memory is accepted: all memory is the CPU's. ValueError for options that exclude each other. Source: torch.utils.data.DataLoader.
    """
    _auto_collation_options = "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"

    def __init__(self, dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0, collate_fn=None,
                 pin_memory=False, drop_last=False, timeout=0, worker_init_fn=None, multiprocessing_context=None, generator=None, *,
                 prefetch_factor=None, persistent_workers=False, pin_memory_device="", in_order=True):
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError("prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, "
                             "otherwise set prefetch_factor to None.")
        if prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self.persistent_workers = persistent_workers
        self.generator = generator
        self._is_iterable = isinstance(dataset, IterableDataset)
        if self._is_iterable:
            if shuffle not in {False, None}:
                raise ValueError(f"DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle={shuffle}")
            if sampler is not None:
                raise ValueError(f"DataLoader with IterableDataset: expected unspecified sampler option, but got sampler={sampler}")
            if batch_sampler is not None:
                raise ValueError("DataLoader with IterableDataset: expected unspecified batch_sampler option, but got "
                                 f"batch_sampler={batch_sampler}")
        shuffle = bool(shuffle)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(self._auto_collation_options)
            batch_size = None
            drop_last = False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if self._is_iterable:
                sampler = _InfiniteConstantSampler()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn if collate_fn is not None else default_collate if self._auto_collation else default_convert

    @property
    def _auto_collation(self):
        return self.batch_sampler is not None

    @property
    def _index_sampler(self):
        return self.batch_sampler if self._auto_collation else self.sampler

    def __iter__(self):
        make_fetcher = functools.partial(_make_fetcher, self._is_iterable, self._auto_collation, self.drop_last, self.collate_fn)
        # Drawn whether or not there are workers, so that both read the random stream alike.
        seed = torch.empty((), dtype=torch.int64).random_(generator=self.generator).item()
        if self.num_workers > 0:
            return Workers(self.dataset, make_fetcher, self._index_sampler, self.num_workers, self.prefetch_factor, seed, self.worker_init_fn,
                           self.timeout, self.multiprocessing_context)
        return _batches(make_fetcher(self.dataset), self._index_sampler)

    def __len__(self):
        if not self._is_iterable:
            return len(self._index_sampler)
        length = len(self.dataset)
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)


def _batches(fetch, index_sampler):
    for indices in index_sampler:
        try:
            batch = fetch(indices)
        except StopIteration:
            return
        yield batch
