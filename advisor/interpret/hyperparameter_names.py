"""What the name of a configuration entry says: its part, usual scale, natural limits.

Aliases are the field's own names for what frameworks call differently; a scale or a
limit belongs to the alias.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from advisor.interpret.training_length import EPOCH_KEYS, STEP_KEYS
from advisor.model.search_space import Scale

MAX_TRAIN_STEPS = "max_train_steps"


def _each(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALIASES: Mapping[str, str] = {
    "learning_rate": "lr lr0 eta base_lr init_lr initial_lr max_lr peak_lr lr_max"
    " learning_rate_init initial_learning_rate base_learning_rate peak_learning_rate"
    " max_learning_rate lr_base step_size",
    "batch_size": "bs batch batchsize train_batch_size per_device_train_batch_size"
    " global_batch_size mini_batch_size minibatch_size batch_size_train",
    "momentum": "sgd_momentum nesterov_momentum",
    "one_minus_momentum": "one_minus_mu",
    "beta1": "beta_1 b1 adam_beta1 adam_beta_1",
    "beta2": "beta_2 b2 adam_beta2 adam_beta_2",
    "one_minus_beta1": "one_minus_beta_1",
    "one_minus_beta2": "one_minus_beta_2",
    "epsilon": "eps adam_epsilon adam_eps",
    "weight_decay": "wd l2 l2_reg l2_regularization weight_decay_rate decay_weight"
    " l2_strength reg_lambda",
    "dropout": "dropout_rate dropout_prob drop_rate dropout_p p_dropout drop_prob"
    " attention_dropout hidden_dropout residual_dropout aux_dropout_rate droprate"
    " hidden_dropout_prob attention_probs_dropout_prob resid_pdrop drop_path"
    " drop_path_rate stochastic_depth",
    "label_smoothing": "smoothing label_smoothing_factor smooth",
    "warmup_steps": "num_warmup_steps warmup warmup_iters lr_warmup_steps",
    "warmup_fraction": "warmup_ratio warmup_frac warmup_proportion",
    "clip_norm": "grad_clip gradient_clip_val max_grad_norm clip_grad gradient_clip"
    " clip_grad_norm global_clipnorm clipnorm gradient_clip_norm clip",
    "optimizer": "optim optimiser optimizer_name optimizer_type opt",
    "schedule": "lr_scheduler scheduler lr_schedule lr_scheduler_type decay_schedule",
    "model": "arch architecture model_name model_type backbone network net cfg",
    "activation": "act activation_fn nonlinearity act_fn activation_function",
    "normalization": "norm norm_layer normalisation norm_type",
    "gradient_accumulation": "gradient_accumulation_steps accumulate_grad_batches"
    " grad_accum accum_iter accumulation_steps",
    "depth": "num_layers n_layers layers n_layer num_hidden_layers",
    "width": "hidden_size hidden_dim n_hidden hidden_units units d_model n_embd"
    " hidden embed_dim num_units",
}
_ALIAS_OF: Mapping[str, str] = {
    **dict.fromkeys((*STEP_KEYS, *EPOCH_KEYS), MAX_TRAIN_STEPS),
    **{
        name: alias
        for alias, text in _ALIASES.items()
        for name in (alias, *text.split())
    },
}

_LOG_SCALE = _each(
    "learning_rate weight_decay epsilon clip_norm batch_size one_minus_momentum"
    " one_minus_beta1 one_minus_beta2"
)
_LINEAR_SCALE = _each("dropout label_smoothing momentum beta1 beta2 warmup_fraction")
_LIMITS: Mapping[str, tuple[float | None, float | None]] = {
    **dict.fromkeys(("dropout", "label_smoothing", "warmup_fraction"), (0.0, 1.0)),
    **dict.fromkeys(("momentum", "beta1", "beta2"), (0.0, 1.0)),
    **dict.fromkeys(
        ("one_minus_momentum", "one_minus_beta1", "one_minus_beta2"), (0.0, 1.0)
    ),
    **dict.fromkeys(
        ("learning_rate", "weight_decay", "epsilon", "clip_norm", "warmup_steps"),
        (0.0, None),
    ),
    **dict.fromkeys(
        ("batch_size", "depth", "width", "gradient_accumulation", MAX_TRAIN_STEPS),
        (1.0, None),
    ),
}
SCIENTIFIC = frozenset({"optimizer", "model", "activation", "normalization"})
"""What usually is the question of a study rather than a means to answer it."""

_SEED = re.compile(r"(?:^|_)seed(?:s|$|_)|^random_state$|_seed$")
_MACHINERY = re.compile(
    r"^(?:save|log|logging|logger|print|plot|wandb|tensorboard|tb|report|eval|test|val"
    r"|evaluation|checkpoint|ckpt|debug|verbose|dataloader|hub|push|tune|ray|hydra"
    r"|mlflow|neptune|comet)_.+"
    r"|_(?:dir|dirs|path|paths|folder|file|files|root|url|id|uuid|tag|tags|notes|date"
    r"|port|host|device|devices|entity|worker|workers|threads|interval|every|verbose)$"
    r"|^(?:run|exp|experiment|project|trial|study|sweep|job|group|display|user|session"
    r"|version|logger|config|wandb|file|host|framework|hydra)_?(?:name|id|number|key)?$"
    r"|^(?:name|id|uuid|dir|path|output|outdir|logdir|workdir|root|date|time|timestamp"
    r"|device|devices|gpu|gpus|num_gpus|n_gpu|cuda|cpu|tpu|rank|local_rank|world_size"
    r"|dist_url|dist_backend|port|host|hostname|workers|num_workers|n_workers|nproc"
    r"|threads|num_threads|n_jobs|verbose|verbosity|debug|quiet|tags|notes|entity|user"
    r"|commit|git|git_hash|sha|resume|resume_from|checkpoint|ckpt|pretrained_path|seed"
    r"|comment|description|save|exist_ok|nosave|noval|cache|cache_dir|pid|node|nodes"
    r"|num_nodes|visualize|vis|progress_bar|dry_run|profile|pin_memory|prefetch_factor"
    r"|vec_env|tuning_ruleset|hyp|evolve|bucket|upload_dataset|target_metric_name"
    r"|metric_for_best_model|monitor|artifact_alias|api_key|cmd|command|argv|program)$"
)
_PROBLEM = re.compile(
    r"^(?:workload|dataset|dataset_name|data_name|data_set|task|task_name|env|env_id"
    r"|env_name|environment|corpus|benchmark|problem|data)$"
)


@dataclass(frozen=True, slots=True)
class KeyName:
    """One key of a configuration, read."""

    key: str
    last: str  # the last part of a dotted key, in snake case
    alias: str | None  # the field's own name
    machinery: bool  # seeds, paths, names, logging, devices: nothing that is tuned

    @property
    def scale(self) -> Scale | None:
        """The scale on which it is usually searched."""
        if self.alias in _LOG_SCALE:
            return "log"
        return "linear" if self.alias in _LINEAR_SCALE else None

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The values that it cannot cross, whatever was searched."""
        return _LIMITS.get(self.alias or "", (None, None))

    @property
    def names_the_problem(self) -> bool:
        """Whether trials that differ in it solve different problems."""
        owner, _, name = self.key.lower().replace("/", ".").rpartition(".")
        if name in ("name", "id"):
            return bool(_PROBLEM.match(owner.rpartition(".")[2]))
        return bool(_PROBLEM.match(self.last))


@lru_cache(maxsize=16_384)
def read_key(key: str) -> KeyName:
    """What the key says; `optimizer.lr`, `args/lr` and `--lr` read as `lr`."""
    dotted = key.replace("/", ".").strip(".-")
    last = _snake(dotted.rpartition(".")[2])
    alias = _ALIAS_OF.get(last)
    machinery = alias is None and bool(_SEED.search(last) or _MACHINERY.search(last))
    owner = dotted.partition(".")[0].lower()
    if "." in dotted and owner in ("wandb", "hydra", "logging", "logger", "callbacks"):
        machinery = True
    return KeyName(key, last, alias, machinery)


def _snake(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
