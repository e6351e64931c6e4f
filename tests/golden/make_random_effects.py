"""Makes random_effects.json: what statsmodels' meta-analysis says of seeded sets of estimates and variances.

    python3 -m venv DIR && DIR/bin/pip install statsmodels==0.15.0 && DIR/bin/python make_random_effects.py > random_effects.json
"""
import json
import random

import numpy
from statsmodels.stats.meta_analysis import combine_effects


def describe(estimates, variances):
    """DerSimonian-Laird tau2 and q, the mean, and the Hartung-Knapp-Sidik-Jonkman interval.

    statsmodels leaves a negative tau2 as it is; DerSimonian and Laird make it 0, where its fixed effects with an estimated
    scale are what is wanted.
    """
    result = combine_effects(numpy.array(estimates), numpy.array(variances), method_re="dl", use_t=True)
    intervals = result.conf_int()
    mean, limits = (result.mean_effect_re, intervals[3]) if result.tau2 > 0 else (result.mean_effect_fe, intervals[2])
    known = len(estimates) >= 3
    return {"estimates": estimates, "variances": variances, "tau2": max(0.0, float(result.tau2)), "q": float(result.q),
            "estimate": float(mean), "lo": float(limits[0]) if known else None, "hi": float(limits[1]) if known else None}


def main():
    dice = random.Random(20260704)
    sets = []
    for teams in [2, 3, 3, 4, 5, 7, 10, 12, 25, 60, 300]:
        for between in [0, 0.05, 2]:
            variances = [0.01 * 10 ** dice.uniform(-2, 2) for _ in range(teams)]
            estimates = [0.3 + dice.gauss(0, (between + v) ** 0.5) for v in variances]
            sets.append((estimates, variances))
    sets.append(([0.1, 0.1, 0.1 + 1e-9], [0.2, 0.1, 0.3]))
    sets.append(([5, -5, 5, -5], [1e-9, 1e-9, 1e-9, 1e-9]))
    sets.append(([0.2, 0.21, 0.19, 0.2], [1e6, 1e6, 1e-3, 1e6]))
    print("[\n" + ",\n".join(json.dumps(describe(*one)) for one in sets) + "\n]")


main()
