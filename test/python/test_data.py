"""torch.utils.data: loaders, samplers, splits and worker processes; torch.utils.checkpoint."""
import pytest
import rushlight as torch
from rushlight.utils.checkpoint import checkpoint
from rushlight.utils.data import (BatchSampler, ConcatDataset, DataLoader, Dataset, IterableDataset, SequentialSampler, TensorDataset,
                                  default_collate, get_worker_info, random_split)


class Squares(Dataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index == 99:
            raise KeyError("no 99")
        return index, float(index) ** 2


class Counting(IterableDataset):
    def __iter__(self):
        worker = get_worker_info()
        start, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        return iter(range(start, 6, step))


def test_batches_keep_the_order_and_the_rest():
    batches = list(DataLoader(Squares(5), batch_size=2))
    assert [numbers.tolist() for numbers, _ in batches] == [[0, 1], [2, 3], [4]]
    assert batches[0][1].dtype == torch.float64
    assert len(DataLoader(Squares(5), batch_size=2, drop_last=True)) == 2


def test_shuffling_follows_the_seed():
    """Recorded from PyTorch 2.13."""
    torch.manual_seed(3)
    data = TensorDataset(torch.arange(10))
    list(DataLoader(data, batch_size=3))
    assert [batch.tolist() for batch, in DataLoader(data, batch_size=5, shuffle=True)] == [[7, 5, 3, 1, 4], [2, 8, 9, 6, 0]]


def test_workers_give_the_same_batches_in_the_same_order():
    expected = [numbers.tolist() for numbers, _ in DataLoader(Squares(7), batch_size=2)]
    assert [numbers.tolist() for numbers, _ in DataLoader(Squares(7), batch_size=2, num_workers=2)] == expected
    assert sorted(int(value) for batch in DataLoader(Counting(), batch_size=2, num_workers=2) for value in batch) == list(range(6))


def test_errors_of_workers_reach_the_caller():
    with pytest.raises(KeyError, match="no 99"):
        list(DataLoader(Squares(100), batch_size=50, num_workers=1))


def test_splits_cover_everything_once():
    parts = random_split(Squares(10), [0.5, 0.25, 0.25])
    assert [len(part) for part in parts] == [6, 2, 2]
    assert sorted(index for part in parts for index in part.indices) == list(range(10))
    with pytest.raises(ValueError, match="Sum of input lengths does not equal the length of the input dataset!"):
        random_split(Squares(10), [3, 3])


def test_collating_keeps_the_form():
    batch = default_collate([{"a": 1, "b": ("x", torch.zeros(2))}, {"a": 2, "b": ("y", torch.ones(2))}])
    assert batch["a"].tolist() == [1, 2] and batch["b"][0] == ("x", "y") and batch["b"][1].shape == (2, 2)
    with pytest.raises(RuntimeError, match="each element in list of batch should be of equal size"):
        default_collate([[1], [1, 2]])


def test_options_that_exclude_each_other_are_refused():
    with pytest.raises(ValueError, match="sampler option is mutually exclusive with shuffle"):
        DataLoader(Squares(3), sampler=SequentialSampler(Squares(3)), shuffle=True)
    with pytest.raises(ValueError, match="batch_size should be a positive integer value, but got batch_size=0"):
        BatchSampler(SequentialSampler(Squares(3)), 0, False)


def test_concatenated_sets_count_on():
    both = ConcatDataset([Squares(2), Squares(3)])
    assert len(both) == 5 and both[3] == (1, 1.0) and both[-1] == (2, 4.0)


def test_checkpoints_compute_again_with_the_same_random_numbers():
    x = torch.ones(4, requires_grad=True)
    torch.manual_seed(0)
    checkpoint(lambda value: (value * torch.rand(4)).sum(), x, use_reentrant=True).backward()
    torch.manual_seed(0)
    assert torch.equal(x.grad, torch.rand(4))
