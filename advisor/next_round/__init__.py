"""From findings to the next round: search space, points, plan, and exports of them."""
