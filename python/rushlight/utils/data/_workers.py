"""Worker processes of loaders: each fetches whole batches; the loader gives them out in order."""
import multiprocessing
import queue
import random
import traceback

_info = None


class WorkerInfo:
    """What a worker knows of itself: id, num_workers, seed, dataset."""

    def __init__(self, id, num_workers, seed, dataset):
        self.id = id
        self.num_workers = num_workers
        self.seed = seed
        self.dataset = dataset


def get_worker_info():
    """In a worker process its WorkerInfo, elsewhere None."""
    return _info


class _Failure:
    """An exception on its way to the loader."""

    def __init__(self, where):
        import sys
        kind, value, trace = sys.exc_info()
        self.kind = kind
        self.text = f"Caught {kind.__name__} {where}.\nOriginal " + "".join(traceback.format_exception(kind, value, trace))

    def reraise(self):
        try:
            error = self.kind(self.text)
        except Exception:
            error = RuntimeError(self.text)
        raise error


def _work(dataset, make_fetcher, tasks, results, worker, num_workers, seed, init_fn):
    global _info
    from ... import manual_seed
    try:
        random.seed(seed)
        manual_seed(seed)
        _info = WorkerInfo(worker, num_workers, seed, dataset)
        if init_fn is not None:
            init_fn(worker)
        fetch = make_fetcher(dataset)
    except Exception:
        results.put((worker, None, _Failure(f"in DataLoader worker process {worker}")))
        return
    while (task := tasks.get()) is not None:
        number, indices = task
        try:
            results.put((worker, number, fetch(indices)))
        except StopIteration:
            results.put((worker, number, StopIteration))
        except Exception:
            results.put((worker, number, _Failure(f"in DataLoader worker process {worker}")))


class Workers:
    """num_workers processes that fetch batches ahead. Iterating gives the batches in the order of the index lists."""

    def __init__(self, dataset, make_fetcher, index_lists, num_workers, prefetch, seed, init_fn, timeout, context):
        context = multiprocessing.get_context(context if isinstance(context, str) or context is None else context.get_start_method())
        self.index_lists = enumerate(index_lists)
        self.timeout = timeout
        self.results = context.Queue()
        self.tasks = [context.Queue() for _ in range(num_workers)]
        self.processes = [context.Process(target=_work, daemon=True, args=(dataset, make_fetcher, tasks, self.results, i, num_workers, seed + i,
                                                                           init_fn)) for i, tasks in enumerate(self.tasks)]
        for process in self.processes:
            process.start()
        self.live = list(range(num_workers))
        self.waiting = {}  # number -> result that came before its turn
        self.sent = 0
        self.given = 0
        self.exhausted = False
        for _ in range(prefetch * num_workers):
            self._send()

    def _send(self):
        if self.exhausted or not self.live:
            return
        try:
            number, indices = next(self.index_lists)
        except StopIteration:
            self.exhausted = True
            return
        self.tasks[self.live[number % len(self.live)]].put((number, indices))
        self.sent += 1

    def __iter__(self):
        return self

    def __next__(self):
        while True:
            if self.given in self.waiting:
                result = self.waiting.pop(self.given)
                self.given += 1
                self._send()
                if result is StopIteration:
                    continue
                if isinstance(result, _Failure):
                    self.close()
                    result.reraise()
                return result
            if self.given >= self.sent:
                self.close()
                raise StopIteration
            worker, number, result = self._receive()
            if number is None:
                self.close()
                result.reraise()
            self.waiting[number] = result
            if result is StopIteration and worker in self.live:
                self.live.remove(worker)

    def _receive(self):
        while True:
            try:
                return self.results.get(timeout=self.timeout or 5)
            except queue.Empty:
                if self.timeout:
                    self.close()
                    raise RuntimeError(f"DataLoader timed out after {self.timeout} seconds") from None
                dead = [process.pid for process in self.processes if not process.is_alive()]
                if dead:
                    self.close()
                    raise RuntimeError(f"DataLoader worker (pid(s) {', '.join(map(str, dead))}) exited unexpectedly") from None

    def close(self):
        for tasks in self.tasks:
            tasks.put(None)
        for process in self.processes:
            process.join(1)
            if process.is_alive():
                process.terminate()
        self.processes = []
        self.tasks = []
        self.exhausted = True

    def __del__(self):
        if getattr(self, "processes", None):
            self.close()
