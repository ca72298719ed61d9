"""What the recorded steps of optimizers do not show: groups, states, hooks, schedules in use."""
import pytest
import rushlight as torch
from rushlight.optim import SGD, Adam, lr_scheduler


def parameter(*values):
    result = torch.nn.Parameter(torch.tensor(values))
    result.grad = torch.ones_like(result)
    return result


def test_groups_have_options_of_their_own():
    first, second = parameter(1.0), parameter(1.0)
    optimizer = SGD([{"params": [first]}, {"params": [second], "lr": 0.5}], lr=0.1)
    optimizer.step()
    assert torch.allclose(first, torch.tensor([0.9])) and torch.allclose(second, torch.tensor([0.5]))
    with pytest.raises(ValueError, match="some parameters appear in more than one parameter group"):
        optimizer.add_param_group({"params": first})
    assert len(optimizer.param_groups) == 2


def test_what_cannot_be_optimized_is_refused():
    with pytest.raises(ValueError, match="optimizer got an empty parameter list"):
        SGD([])
    with pytest.raises(TypeError, match="optimizer can only optimize Tensors, but one of the params is int"):
        SGD([3])
    with pytest.raises(ValueError, match="can't optimize a non-leaf Tensor"):
        SGD([parameter(1.0) * 2])


def test_a_loaded_state_goes_on_as_the_saved_one():
    one, two = parameter(1.0, 2.0), parameter(1.0, 2.0)
    first, second = Adam([one], lr=0.1), Adam([two], lr=0.3)
    first.step()
    with torch.no_grad():
        two.copy_(one)
    second.load_state_dict(first.state_dict())
    first.step()
    second.step()
    assert torch.equal(one, two) and second.param_groups[0]["lr"] == 0.1
    with pytest.raises(ValueError, match="loaded state dict has a different number of parameter groups"):
        second.load_state_dict({"state": {}, "param_groups": []})


def test_hooks_run_around_steps():
    seen = []
    optimizer = SGD([parameter(1.0)], lr=0.1)
    optimizer.register_step_pre_hook(lambda *args: seen.append("before"))
    optimizer.register_step_post_hook(lambda *args: seen.append("after"))
    optimizer.step()
    assert seen == ["before", "after"]


def test_schedulers_warn_when_they_step_first():
    optimizer = SGD([parameter(1.0)], lr=0.1)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match=r"before `optimizer.step\(\)`"):
        schedule.step()
    assert schedule.get_last_lr() == [0.010000000000000002]


def test_a_plateau_lowers_the_rate():
    optimizer = SGD([parameter(1.0)], lr=1.0)
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    rates = []
    for value in (1.0, 1.0, 1.0, 0.5):
        optimizer.step()
        schedule.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == [1.0, 1.0, 0.1, 0.1]
