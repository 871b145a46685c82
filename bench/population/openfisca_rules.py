"""The same rules as plain.py in OpenFisca-core: parameters with dates, one variable for each amount, visits as the entity.

OpenFisca keeps every amount as a 32-bit float, so its answers are near and not exact to the fen; the greatest distance is
told. Sums along a member's visits are worked out inside formulas, which is what serves it best: the framework has no
sequence of visits of its own.

    openfisca_rules.py DIR ROUNDS
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

import plain

YEAR = "2023"
Visit = build_entity(key="visit", plural="visits", label="A visit", is_person=True)


def since(value):
    return {"values": {"2023-01-01": {"value": value}}}


PARAMETERS = {
    "deductible": since(600),
    "limit": {"active": since(1800), "retired": since(2000)},
    "rate": {"primary": since(0.60), "secondary": since(0.55), "tertiary": since(0.50), "retired_more": since(0.05)},
}


def variable(name, label, kind=float, formula=None):
    """A yearly variable of a visit."""
    about = {"value_type": kind, "entity": Visit, "definition_period": DateUnit.YEAR, "label": label}
    return type(name, (Variable,), about | ({"formula": formula} if formula else {}))


def within(visit, period, amounts, limit):
    """What of each visit lies within a limit on the member's running sum."""
    total = np.cumsum(amounts, dtype=np.float64)
    starts = visit("member", period)
    upto = total - (total[starts] - amounts[starts])
    return np.minimum(upto, limit) - np.minimum(upto - amounts, limit)


def borne(visit, period, parameters):
    return within(visit, period, visit("eligible", period), parameters(period).deductible)


def payment(visit, period, parameters):
    rate = parameters(period).rate
    at = visit("level", period)
    share = np.select([at == 0, at == 1], [rate.primary, rate.secondary], rate.tertiary)
    share = share + visit("retired", period) * rate.retired_more
    return np.round((visit("eligible", period) - visit("borne", period)) * share, 2)


def paid(visit, period, parameters):
    limits = parameters(period).limit
    limit = np.where(visit("retired", period) == 1, limits.retired, limits.active)
    return within(visit, period, visit("payment", period), limit)


def share(visit, period):
    return visit("eligible", period) + visit("other", period) - visit("paid", period)


def account(visit, period):
    return within(visit, period, visit("share", period), visit("balance", period))


def cash(visit, period):
    return visit("share", period) - visit("account", period)


VARIABLES = [
    variable("retired", "Whether the member is retired", int),
    variable("level", "Level of the institution: 0 primary, 1 secondary, 2 tertiary", int),
    variable("member", "Place of the member's first visit among the visits", int),
    variable("eligible", "Eligible expense"),
    variable("other", "Expense outside the policy"),
    variable("balance", "What the account held at the beginning"),
    variable("borne", "Deductible borne", formula=borne),
    variable("payment", "Payment before the limit", formula=payment),
    variable("paid", "Payment of the pooled fund", formula=paid),
    variable("share", "What the member bears", formula=share),
    variable("account", "What the account pays", formula=account),
    variable("cash", "What is paid in cash", formula=cash),
]


def system():
    rules = TaxBenefitSystem([Visit])
    for each in VARIABLES:
        rules.add_variable(each)
    rules.parameters = ParameterNode("", data=PARAMETERS)
    return rules


def main():
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    data, rules, seconds = plain.read(folder), system(), []
    visits = np.diff(np.append(data["first"], len(data["eligible"])))
    inputs = {
        "retired": np.repeat(data["retired"], visits).astype(np.int32),
        "level": data["level"].astype(np.int32),
        "member": np.repeat(data["first"], visits).astype(np.int32),
        "eligible": (data["eligible"] / 100).astype(np.float32),
        "other": (data["other"] / 100).astype(np.float32),
        "balance": (np.repeat(data["balance"], visits) / 100).astype(np.float32),
    }
    for _ in range(rounds):
        simulation = SimulationBuilder().build_default_simulation(rules, count=len(data["eligible"]))
        for name, values in inputs.items():
            simulation.set_input(name, YEAR, values)
        before = time.process_time()
        answer = {name: simulation.calculate(name, YEAR) for name in ("borne", "paid", "account", "cash")}
        seconds.append(time.process_time() - before)
    exact = plain.settle(data)
    distance = {name: int(np.max(np.abs(np.rint(answer[name] * 100).astype(np.int64) - exact[name]))) for name in answer}
    print(json.dumps({"visits": len(data["eligible"]), "seconds": sorted(seconds), "fen_off_at_most": distance}))


if __name__ == "__main__":
    main()
