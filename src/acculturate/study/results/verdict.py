"""The verdict: three questions of a study's last pair of arms, and one sentence on their answers.

    nearer     is the arm nearer to the people than the arm it is held against?
    specific   did it come nearer to each culture's own people than to the others'?
    control    does it beat each of its controls, such as the same adaptation under other names?

Only the study's primary metric is asked about, so that nobody picks the one that rose, and only the
cultures that were adapted: the others have a line of their own, as have general abilities. A gain
is called an improvement where every question that applies has a yes, which takes an interval that
excludes zero and a permutation test that does not contradict it, of the answers that were read and
with refusals as uniform (`evidence`). Controls apply to adapted arms; where there is none, the
verdict says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acculturate.evaluation.arm_table import ArmTable
from acculturate.records.results.conclusion import Line, Question, Step, Verdict
from acculturate.records.results.differences import Difference
from acculturate.records.results.general import AbilityRow
from acculturate.records.results.plain import widened
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.evidence import Evidence, Finding, nearness, specificity
from acculturate.study.results.gain_split import Part, split_line
from acculturate.study.results.sameness import sameness_line

KINDS = {
    "gain-0": "gain 0",
    "shuffled": "shuffled cultures",
    "world": "the mean of all cultures",
    "neutral": "questions about numbers",
    "null": "null shifts",
    "random": "random questions",
    "unshifted": "unshifted questions",
}
"""What a control of a kind is called in a sentence."""
WITHOUT = {
    "gain-0": "what it gained may come from training as such, not from shifts",
    "position": "what it gained may come from forgetting the position of options, not from shifts",
    "shuffled": "what it gained may come from training as such, not from the cultures",
    "world": "what it gained may come from what all cultures have in common",
    "neutral": "what it gained may come from the form of the task, not from the people's answers",
    "null": "what it gained may come from noise in the answers, not from the cultures",
    "random": "what it gained may come from training on any such questions",
    "unshifted": "what it gained may come from training on any such questions",
}
"""What is open where a control of a kind is not beaten."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the verdict is on: `arm` against `against`.

    `controls` are the arm's controls, each with its kind, `parts` those that its gain is split
    into. `cultures` are those that the arm was
    adapted to (all that were measured for an arm that is not `adapted`).
    """

    arm: str
    against: str
    cultures: tuple[str, ...]
    adapted: bool = False
    controls: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()


def verdict(
    tables: Mapping[str, ArmTable],
    primary: str,
    pair: Pair,
    drawn: Resampling,
    abilities: Sequence[AbilityRow] = (),
    people: str = "",
    known: Sequence[Difference] = (),
) -> Verdict | None:
    """Return the steps of a pair of arms and the lines beside them.

    `abilities` are the arm's rows of general tasks, `people` is what has to be known of whom the
    answers are held against, `known` are differences of arms over all their cultures. None where
    the two arms have no item in common.
    """
    arm, against = tables[pair.arm], tables[pair.against]
    ours = [culture for culture in arm.cultures if culture in pair.cultures] or arm.cultures
    own, base = arm.of(ours), against.of(ours)
    nearer = nearness(own, base, primary, drawn)
    if nearer is None:
        return None
    steps = [_nearer(nearer)]
    if steps[0].answer:
        whole = (own, base) if len(ours) > 1 else (arm, against)
        steps.append(_specific(specificity(*whole, drawn)))
        if pair.adapted:
            steps.append(_controls(own, tables, primary, pair, drawn))
    improved = all(step.answer for step in steps)
    lost = any(row.kept is not None and row.kept.outcome == "lost" for row in abilities)
    lines = [
        *split_line(tables, ours, pair.parts, primary, drawn),
        *sameness_line(own, base, drawn, known if len(ours) == len(arm.cultures) else ()),
        *_others(arm, against, ours, primary, drawn),
        *_abilities(abilities),
        *(Line("people", sentence) for sentence in (people,) if sentence),
    ]
    return widened(
        Verdict,
        nearer.read.row,
        uniform=nearer.uniform.row if nearer.uniform else None,
        cultures=tuple(ours),
        improved=improved,
        headline=_headline(steps, nearer, pair, lost),
        sentence=" ".join([_sentence(steps), *(line.said for line in lines)]),
        steps=tuple(steps),
        lines=tuple(lines),
    )


def _step(
    question: Question,
    answer: bool | None,
    said: str,
    finding: Finding | None = None,
    *,
    opposite: bool = False,
) -> Step:
    """Return a step, with the figures of the finding that it rests on."""
    return Step(question, answer, opposite, said, finding.row if finding else None)


def _nearer(evidence: Evidence) -> Step:
    read = evidence.read
    gap = read.difference
    figures = f"mean {gap.metric.replace('_', ' ')} {evidence.figures}, {gap.n} items"
    arm, control = gap.arm, gap.against
    if evidence.side > 0:
        sentence = f"{arm} is nearer to the people than {control}: {figures}.{_hangs(evidence)}"
        return _step("nearer", True, sentence, read)
    if evidence.side < 0:
        sentence = f"{arm} is further from the people than {control}: {figures}.{_hangs(evidence)}"
        return _step("nearer", False, sentence, read, opposite=True)
    if evidence.parts:
        return _step("nearer", False, _parted(evidence, figures), read)
    return _step("nearer", None, f"{_open(evidence)}: {figures}.", read)


def _open(evidence: Evidence) -> str:
    """Return why neither arm is shown to be nearer."""
    gap = evidence.read.difference
    named = f"{gap.arm} from {gap.against}"
    if not gap.value and gap.least == gap.most == 0:
        return f"{gap.arm} and {gap.against} score the same in every battery of questions"
    if gap.low is None:
        return (
            f"No difference of {named} is shown, since there is no interval (too few batteries of "
            "questions, or nothing that varies)"
        )
    if gap.low <= 0 <= (gap.high or 0.0):
        return f"No difference of {named} is shown, since the interval holds zero"
    return (
        f"No difference of {named} is shown: the interval leaves out zero, but the permutation "
        "test does not agree (exchanging the two arms' answers battery by battery gives as much by "
        "chance too often)"
    )


def _parted(evidence: Evidence, figures: str) -> str:
    """Return that one figure shows what the other does not: which, and why they part."""
    gap, why = (
        evidence.read.difference,
        f" They part since {evidence.parted}." if evidence.parted else "",
    )
    uniform = evidence.uniform.side if evidence.uniform else 0
    ways = [
        "for the answers that name an option",
        "with refusals, and probability off the options, as uniform",
    ]
    holds, other = ways if evidence.read.side else ways[::-1]
    side = evidence.read.side or uniform
    rest = "the opposite is shown" if evidence.read.side * uniform < 0 else "not shown"
    return (
        f"{gap.arm} is {'nearer to' if side > 0 else 'further from'} the people than "
        f"{gap.against} on one figure alone: shown {holds}, {rest} {other} ({figures}).{why}"
    )


def _hangs(evidence: Evidence) -> str:
    if not any(finding.hangs_on_one_battery for finding in evidence.findings):
        return ""
    return (
        " It depends on one battery of questions: without that one, the difference disappears or "
        "changes its sign."
    )


def _specific(evidence: Evidence | None) -> Step:
    if evidence is None or evidence.read.difference.low is None:
        sentence = (
            "Whether the gain is specific cannot be said: there is no interval (too few cultures, "
            "too few batteries of questions, or nothing that varies)."
        )
        return _step("specific", None, sentence, evidence.read if evidence else None)
    if evidence.side > 0:
        sentence = (
            f"The gain is specific: it favours each culture's own people ({evidence.figures})."
        )
        return _step("specific", True, sentence + _hangs(evidence), evidence.read)
    own, others = "each culture's own people", "the people of others"
    if evidence.side < 0:
        sentence = f"The gain is not specific: it favours {others} over {own} ({evidence.figures})."
    else:
        sentence = (
            f"The gain is not shown to be specific: whether answers came nearer to {own} than to "
            f"{others} is open ({evidence.figures})."
        )
    return _step("specific", False, sentence, evidence.read, opposite=evidence.side < 0)


def _controls(
    own: ArmTable, tables: Mapping[str, ArmTable], primary: str, pair: Pair, drawn: Resampling
) -> Step:
    """Hold the gain against each control: one that is not beaten says where it may come from."""
    against_controls = [
        (kind, evidence)
        for name, kind in pair.controls
        if (evidence := nearness(own, tables[name].of(own.cultures), primary, drawn))
    ]
    if not against_controls:
        sentence = (
            "There is no control arm (such as gain 0 or shuffled cultures), so the gain may come "
            "from training as such and not from the cultures."
        )
        return _step("control", None, sentence)
    left = [(kind, proof) for kind, proof in against_controls if proof.side <= 0]
    if not left:
        beaten = "; ".join(_named(kind, proof) for kind, proof in against_controls)
        number = (
            f"its control {beaten}"
            if len(against_controls) == 1
            else f"each of its controls: {beaten}"
        )
        return _step("control", True, f"It beats {number}.", _hardest(against_controls))
    sentence = "; ".join(
        f"{_named(kind, proof)}{_behind(proof)}: {WITHOUT.get(kind, WITHOUT['shuffled'])}"
        for kind, proof in left
    )
    worse = any(proof.side < 0 for _, proof in left)
    told = f"It is not shown to beat its control {sentence}."
    return _step("control", False, told, _hardest(left), opposite=worse)


def _behind(evidence: Evidence) -> str:
    return ", which is shown to be nearer" if evidence.side < 0 else ""


def _named(kind: str, evidence: Evidence) -> str:
    return f"{evidence.read.difference.against} ({KINDS.get(kind, kind)}; {evidence.figures})"


def _hardest(against_controls: Sequence[tuple[str, Evidence]]) -> Finding:
    """Return the control that comes nearest."""
    findings = [evidence.read for _, evidence in against_controls]
    return min(
        findings, key=lambda finding: (finding.difference.value or 0.0) * (1 if finding.up else -1)
    )


def _others(
    arm: ArmTable, against: ArmTable, ours: Sequence[str], primary: str, drawn: Resampling
) -> list[Line]:
    """Return a line on the cultures that the arm was not adapted to."""
    rest = [culture for culture in arm.cultures if culture not in ours]
    finding = nearness(arm.of(rest), against.of(rest), primary, drawn) if rest else None
    if finding is None:
        return []
    what = {
        1: "nearer there as well",
        -1: "further from the people there",
        0: "no difference shown",
    }
    sentence = (
        f"The cultures that it was not adapted to ({', '.join(rest)}): {what[finding.side]} "
        f"({finding.figures})."
    )
    return [Line("others", sentence)]


OUTCOMES = {
    "kept": "kept",
    "lost": "lost",
    "gained": "gained",
    "open": "too few questions to tell",
    "nothing": "nothing to lose, since the model is not shown to do better than a guess",
}


def _abilities(rows: Sequence[AbilityRow]) -> list[Line]:
    """Return a line on what became of general abilities, where they were asked."""
    told = [
        f"{row.task} {OUTCOMES[row.kept.outcome]} ({row.kept.difference:+.3f})"
        for row in rows
        if row.kept
    ]
    return [Line("abilities", f"General abilities: {'; '.join(told)}.")] if told else []


def _headline(steps: Sequence[Step], nearer: Evidence, pair: Pair, lost: bool) -> str:
    arm, against = pair.arm, pair.against
    if all(step.answer for step in steps):
        return f"{arm} improves on {against}{', and lost general abilities' if lost else ''}."
    if steps[0].answer:
        return f"{arm} is nearer to the people than {against}, which is not yet an improvement."
    if nearer.side < 0:
        return f"{arm} is further from the people than {against}."
    if nearer.parts:
        return f"{arm} differs from {against} on one of two figures, which shows no improvement."
    return f"No improvement of {arm} on {against} is shown."


def _sentence(steps: Sequence[Step]) -> str:
    """Return all that was found in one line, and what it comes to where there is more than one
    step.
    """
    text = " ".join(step.said for step in steps)
    if len(steps) == 1:
        return text
    yet = "an improvement" if all(step.answer for step in steps) else "not yet an improvement"
    return f"{text} That is {yet}."
