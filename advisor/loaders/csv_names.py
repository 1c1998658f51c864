"""What a column's name says of it: a step, a trial, a time, a metric, a hyperparameter.

Only used to tell the layouts of tables apart; which metric is which is decided later.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Optimizer steps come before epochs: where a file has both, the finer one is the axis.
STEP_NAMES = (
    "global_step",
    "trainer/global_step",
    "train/global_step",
    "_step",
    "step",
    "steps",
    "total_steps",
    "train_step",
    "train_steps",
    "training_step",
    "n_steps",
    "num_steps",
    "update",
    "updates",
    "num_updates",
    "time/total_timesteps",
    "total_timesteps",
    "timesteps",
    "timestep",
    "iteration",
    "iterations",
    "iter",
    "iters",
    "it",
    "itr",
    "train_iter",
    "training_iteration",
    "timesteps_total",
    "time/iterations",
    "batch",
    "epoch",
    "epochs",
    "train/epoch",
    "trainer/epoch",
    "epoch_num",
    "ep",
    "episode",
    "episodes",
    "round",
    "generation",
)
# The plural more often names a budget, the number of epochs that a trial was given.
BUDGET_NAMES = frozenset(
    {"epochs", "steps", "iterations", "iters", "updates", "episodes", "n_steps"}
    | {"num_steps", "train_steps", "total_steps", "num_updates"}
)
EPOCH_NAMES = frozenset(
    {"epoch", "epochs", "train/epoch", "trainer/epoch", "epoch_num", "ep"}
)

TRIAL_NAMES = frozenset(
    {"trial", "trial_id", "trial_name", "trial_number", "trial_index", "run", "run_id"}
    | {"run_name", "experiment", "experiment_id", "experiment_name", "exp", "exp_id"}
    | {"exp_name", "config_id", "arm_name", "job_id", "wandb_id", "trial_no", "run_no"}
)
# These tell trials apart only where a step does not identify a row.
WEAK_TRIAL_NAMES = frozenset(
    {"seed", "name", "model", "method", "variant", "config", "fold", "optimizer"}
    | {"group", "id", "algorithm", "algo", "dataset", "workload", "task", "setting"}
)
SPLITS = frozenset(
    {"train", "training", "val", "valid", "validation", "eval", "test", "dev"}
)
STATE_NAMES = frozenset({"state", "status", "trial_status", "trial_state", "outcome"})
TIME_NAMES = (
    "_timestamp",
    "wall_time",
    "walltime",
    "timestamp",
    "total_duration",
    "time_total_s",
    "time/time_elapsed",
    "time_elapsed",
    "elapsed_time",
    "elapsed",
    "_runtime",
    "total_time",
    "time",
)
# Of the machine or the book-keeping: neither a metric nor a hyperparameter.
MACHINERY = frozenset(
    {"hostname", "node_ip", "date", "done", "pid", "host", "user", "path", "log_dir"}
    | {"checkpoint_dir_name", "experiment_tag", "index", "created", "runtime", "notes"}
    | {"tags", "sweep", "duration", "datetime_start", "datetime_complete", "params"}
    | {"time_this_iter_s", "time_since_restore", "iterations_since_restore", "logdir"}
    | {"start_time", "end_time", "created_at", "updated_at", "job_type", "jobtype"}
    | {"createdtimestamp", "id", "error", "exception", "traceback", "should_checkpoint"}
    | set(TIME_NAMES)
)
CONFIGURATION_PREFIX = re.compile(
    r"(params?_|params?\.|config[/.]|hparams?[/._]|hp[/._]|hyperparameters?[/._])(?=.)",
    re.IGNORECASE,
)


def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(text.split())


_METRIC_WORDS = _vocabulary(
    "loss losses acc accuracy err error errors f1 auc auroc roc bleu rouge perplexity"
    " ppl map ap precision recall iou miou dice mae mse rmse mape r2 score"
    " scores reward rewards return returns rew wer cer psnr ssim fid nll elbo kl ce bpd"
    " bpc bpb top1 top5 objective metric metrics val valid validation eval dev test"
    " spearman"
    " pearson mcc ndcg mrr hit sensitivity specificity cost result"
)
_SETTING_WORDS = _vocabulary(
    "lr learning batch size dropout decay wd momentum beta beta1 beta2 betas eps"
    " epsilon gamma alpha seed optimizer optim hidden layers layer units width depth"
    " dim dims heads warmup smoothing activation scheduler schedule epochs clip augment"
    " augmentation model arch architecture dataset l1 l2 reg regularization weight"
    " initializer init patience temperature tau lambda kernel filters channels"
    " embedding fold fraction split interval freq frequency rate ratio fn function type"
    " name hparam hparams config num n max min use lora rank alpha estimators"
)
_DATA_NAMES = _vocabulary(
    "label labels target prediction predictions pred y_true y_pred filename file_name"
    " image image_id text sentence support class class_name xmin ymin bbox question"
    " answer url"
)
_WORD = re.compile(r"[A-Za-z][a-z]+[0-9]*|[A-Z]+[0-9]*|[a-z][0-9]*|[0-9]+")


def normal(name: str) -> str:
    """`Global Step` and `global_step` are one name."""
    return name.strip().lower().replace(" ", "_")


@lru_cache(maxsize=4096)
def words(name: str) -> frozenset[str]:
    """`valLoss`, `val_loss` and `val/loss` hold the words val and loss."""
    found = [word.lower() for word in _WORD.findall(name)]
    return frozenset(found) | {word.rstrip("0123456789") for word in found}


def is_setting(name: str) -> bool:
    """Whether it is named like a hyperparameter."""
    if CONFIGURATION_PREFIX.match(name):
        return True
    found = words(name)
    if found & {"lr", "learning"}:
        return True
    # `max`, `n` and the like qualify settings, but `val_acc_max` is a metric.
    strong = (found & _SETTING_WORDS) - {
        "max",
        "min",
        "n",
        "num",
        "rate",
        "type",
        "name",
    }
    return bool(strong or (found & _SETTING_WORDS and not found & _METRIC_WORDS))


def is_metric(name: str) -> bool:
    """Whether it is named like a result of training or evaluation."""
    return bool(words(name) & _METRIC_WORDS) and not is_setting(name)


def is_learning_rate(name: str) -> bool:
    """Whether it is a learning rate, which schedules change during a trial."""
    found = words(name)
    return "lr" in found or "lr0" in found or {"learning", "rate"} <= found


def holds_data(names: tuple[str, ...]) -> bool:
    """Whether the header is that of a data set, predictions or a class report."""
    return any(normal(name) in _DATA_NAMES for name in names)
