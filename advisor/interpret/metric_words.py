"""The vocabulary of metric names: what each word says, across frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from advisor.model.study import Goal

Kind: TypeAlias = Literal[
    "loss",
    "quality",
    "reward",
    "learning rate",
    "gradient norm",
    "throughput",
    "cost",
    "unknown",
]
"""Costs are times, memory, counters and the like: never an objective."""

Split: TypeAlias = Literal["train", "validation", "test"]


def _each(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPLITS: Mapping[str, Split] = {
    **dict.fromkeys(_each("train training trn rollout"), "train"),
    **dict.fromkeys(
        _each("val valid validation dev eval evaluation holdout heldout"), "validation"
    ),
    **dict.fromkeys(_each("test testing tst"), "test"),
}

_LOSS = "loss losses nll crossentropy xent ce bce cost objective_loss elbo bpd bpc bpb"
LOSS_WORDS: Mapping[str, str] = {
    **{word: word for word in _LOSS.split()},
    "losses": "loss",
    "perplexity": "perplexity",
    "ppl": "perplexity",
}
"""Losses and what follows from one, such as the perplexity; lower is better."""

_LOWER = "error mae mse rmse mape smape rmsle msle wer cer ter eer fid lpips brier ece"
_HIGHER = """
    accuracy auc auroc auprc roc map ap f1 fbeta iou miou dice precision recall
    sensitivity specificity bleu sacrebleu rouge meteor cider spice chrf bertscore psnr
    ssim mcc kappa ndcg mrr hits r2 spearman pearson spearmanr pearsonr score elo
    similarity success winrate fscore hit em
"""
QUALITY_WORDS: Mapping[str, tuple[str, Goal]] = {
    **{word: (word, Goal.MINIMIZE) for word in _LOWER.split()},
    **{word: (word, Goal.MAXIMIZE) for word in _HIGHER.split()},
    "err": ("error", Goal.MINIMIZE),
    "errors": ("error", Goal.MINIMIZE),
    "acc": ("accuracy", Goal.MAXIMIZE),
    "accuracies": ("accuracy", Goal.MAXIMIZE),
    "precisions": ("precision", Goal.MAXIMIZE),
    "recalls": ("recall", Goal.MAXIMIZE),
}
REWARD_WORDS = _each("reward rewards rew return returns")

VAGUE = _each("score similarity success hit hits em")
"""Said beside the quantity (f1_score) as well as alone."""

WHOLE_NAMES: Mapping[str, tuple[Kind, str, Goal | None, Split | None]] = {
    "r": ("reward", "reward", Goal.MAXIMIZE, None),  # Stable-Baselines' monitor.csv
    "l": ("cost", "", None, None),
    "t": ("cost", "", None, None),
    # scikit-learn calls the held-out folds of its cross-validation test.
    "mean_test_score": ("quality", "score", Goal.MAXIMIZE, "validation"),
    "std_test_score": ("cost", "", None, None),
}

_PREFERENCE = """
    map bleu sacrebleu rouge wer cer fid miou iou dice ndcg mrr psnr mcc f1 auc auroc
    auprc accuracy error rmse mse mae r2
"""
PREFERENCE = tuple(_PREFERENCE.split())
"""Of several qualities, the one that usually sums the task up. Precision and recall
are absent: each is bought with the other."""

LEARNING_RATE = (_each("lr"), _each("learning rate"))
GRADIENT = _each("grad grads gradient gradients")
NORM = _each("norm norms")
EXAMPLES = _each("examples samples images sentences sequences frames imgs")
RATE_UNITS = EXAMPLES | _each("tokens steps iterations iters it batches episodes")
SECONDS = _each("second sec s seconds")

COSTS = _each(
    "time duration runtime timestamp seconds secs memory mem gpu cpu ram disk tpu"
    " num count counts preemption pid utilization temperature power energy latency"
    " flops scale scaler parameters params restore size len length elapsed wall date"
    " eta bytes mb gb weight weights clip momentum wd beta beta1 beta2 eps"
)
"""With one of these words a name is no metric, whatever else it says."""

COUNTERS = _each(
    "epoch step steps iteration iterations iter global episode episodes timesteps"
    " timestep update updates batch batches tokens examples samples progress entropy"
    " advantage range factor ratio fraction std variance"
)
"""Without a quantity, these count something or describe the machinery."""

STATISTICS = _each(
    "mean avg average min max best last final median smooth smoothed ema running std"
)
STRUCTURE = _each(
    "epoch step steps batch iter iteration iterations vs metrics metric stats total"
    " overall log logs summary scalar scalars performance dataloader idx end macro"
    " micro binary categorical sparse current raw ep episode on set data"
)
"""Words that do not tell one quantity from another."""

GLOBAL_NORM = _each("global total unclipped raw l2 2 0 all overall mean avg norm model")
"""What may stand beside the norm of the whole gradient; other words name a layer."""

VOCABULARY = (
    frozenset(SPLITS)
    | frozenset(LOSS_WORDS)
    | frozenset(QUALITY_WORDS)
    | REWARD_WORDS
    | GRADIENT
    | STATISTICS
    | COSTS
    | _each("lr learning rate per throughput fps grad norm top l2 beta1 beta2")
)
