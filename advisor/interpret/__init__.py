"""What names mean: metrics, hyperparameters, studies."""
