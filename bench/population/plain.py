"""Nanchang's ordinary outpatient rules over a whole population, in integer fen, by numpy: what one writes who wants it fast.

Everything is a sum along each member's visits: the deductible and the limit cut a running sum, so a visit's part is the
difference of two cut sums, and no visit waits for another. Exact, and only possible because these rules are this plain.

    plain.py DIR ROUNDS      reads what the benchmark wrote there, writes borne, paid, account and cash
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

DEDUCTIBLE = 600_00
RATES = np.array([[60, 55, 50], [65, 60, 55]])
LIMITS = np.array([1800_00, 2000_00])


def read(folder):
    def whole(name, kind):
        return np.fromfile(folder / name, dtype=kind)

    return {
        "first": whole("first.u32", np.uint32).astype(np.int64),
        "retired": whole("retired.u8", np.uint8),
        "balance": whole("balance.i64", np.int64),
        "level": whole("level.u8", np.uint8),
        "eligible": whole("eligible.i64", np.int64),
        "other": whole("other.i64", np.int64),
    }


def settle(data):
    first, eligible = data["first"], data["eligible"]
    visits = np.diff(np.append(first, len(eligible)))
    some = visits > 0
    starts, counts = first[some], visits[some]
    retired = np.repeat(data["retired"][some], counts)

    def along(amounts):
        """The running sum of each member, this visit included."""
        total = np.cumsum(amounts)
        return total - np.repeat(total[starts] - amounts[starts], counts)

    def within(amounts, limit):
        """What of each visit lies within a limit on the running sum."""
        upto = along(amounts)
        return np.minimum(upto, limit) - np.minimum(upto - amounts, limit)

    borne = within(eligible, DEDUCTIBLE)
    payment = ((eligible - borne) * RATES[retired, data["level"]] + 50) // 100
    paid = within(payment, LIMITS[retired])
    share = eligible + data["other"] - paid
    account = within(share, np.repeat(data["balance"][some], counts))
    return {"borne": borne, "paid": paid, "account": account, "cash": share - account}


def main():
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    data, seconds = read(folder), []
    for _ in range(rounds):
        before = time.process_time()
        answer = settle(data)
        seconds.append(time.process_time() - before)
    for name, amounts in answer.items():
        amounts.astype(np.int64).tofile(folder / f"{name}.i64")
    print(json.dumps({"visits": len(data["eligible"]), "seconds": sorted(seconds)}))


if __name__ == "__main__":
    main()
