"""Results of benchmarks: ratios of two alternating measurements in one run, and whether they meet a target."""
import json
import statistics


class Row:
    """`measured` and `baseline` are in `unit`, one of each per round; the median of their ratios must meet the target."""

    def __init__(self, name, unit, measured, baseline, target, at_most):
        self.name, self.unit, self.measured, self.baseline = name, unit, list(measured), list(baseline)
        self.target, self.at_most = target, at_most

    @property
    def ratios(self):
        return sorted(m / b for m, b in zip(self.measured, self.baseline))

    @property
    def median(self):
        return statistics.median(self.ratios)

    @property
    def holds(self):
        return self.median <= self.target if self.at_most else self.median >= self.target

    def as_json(self):
        return {
            "name": self.name,
            "unit": self.unit,
            "measured": statistics.median(self.measured),
            "baseline": statistics.median(self.baseline),
            "ratio": {"min": self.ratios[0], "median": self.median, "max": self.ratios[-1]},
            "target": f"{'<=' if self.at_most else '>='} {self.target:g}",
            "holds": self.holds,
        }


def at_least(target, name, unit, measured, baseline):
    return Row(name, unit, measured, baseline, target, False)


def at_most(target, name, unit, measured, baseline):
    return Row(name, unit, measured, baseline, target, True)


def no_more_than(limit, name, unit, measured):
    """An absolute limit, shown as the ratio of the measured value to it."""
    return Row(name, unit, measured, [limit] * len(measured), 1, True)


def short(number):
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def markdown(rows):
    lines = ["| what | measured | baseline | ratio: min | median | max | target | |", "|---|---:|---:|---:|---:|---:|---:|---|"]
    for row in (r.as_json() for r in rows):
        ratio = " | ".join(short(row["ratio"][k]) for k in ("min", "median", "max"))
        lines.append(
            f"| {row['name']} | {short(row['measured'])} {row['unit']} | {short(row['baseline'])} {row['unit']} | {ratio} "
            f"| {row['target']} | {'holds' if row['holds'] else '**does not hold**'} |"
        )
    return "\n".join(lines)


def write(rows, file):
    file.write_text(json.dumps([r.as_json() for r in rows], indent=1) + "\n")
