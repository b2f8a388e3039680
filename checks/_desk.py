"""What has come in during one run: results by claim and part, finished evidence, and what is still to be done."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean as mean

from lemmata.checks._budget import Effort
from lemmata.checks._describe import said_by
from lemmata.checks._kept import keep, keep_certificate
from lemmata.checks._part_result import PartResult
from lemmata.checks._recall import Memory, Remembered
from lemmata.checks._trial import assemble, parts
from lemmata.checks.counterexample import Counterexample
from lemmata.checks.decision import Decision
from lemmata.checks.evidence import Evidence
from lemmata.checks.part import SAMPLE, Part
from lemmata.checks.records import CorruptedRecordError, decode, encode
from lemmata.checks.running.pool import Done
from lemmata.checks.running.sources import files_digest, is_file, source_digest, source_files
from lemmata.checks.running.unit import Unit
from lemmata.checks.stages.probability import tests as statistical_tests
from lemmata.checks.store import Store
from lemmata.claims import Library, Located


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One finished part: ``done`` of ``total``. ``evidence`` is set when it was its claim's last.

    A claim that was recalled comes with its evidence and no part.
    """

    done: int
    total: int
    key: str
    part: Part | None
    evidence: Evidence | None
    claims: int = 0
    """Claims that have their evidence, of ..."""
    of_claims: int = 0
    """... so many."""
    seconds_left: float | None = None
    """Work still to be done, as earlier trials took and as many workers as there are; None if nothing is known."""


class Units:
    """The units of work of claims: each source's text is looked at once."""

    def __init__(self, effort: Effort, seed: int) -> None:
        self._effort, self._seed = effort, seed
        self._sources: dict[str, tuple[tuple[str, ...], str]] = {}

    def of(self, located: Located, wanted: Sequence[Part], *, tests: int) -> list[Unit]:
        """One unit a part; ``tests`` is how many probabilities the whole run estimates."""
        if located.source not in self._sources:
            found = source_files(located.source)
            self._sources[located.source] = tuple(str(file) for file in found), files_digest(found)
        files, digest = self._sources[located.source]
        first = Unit(
            source=located.source,
            key=located.claim.key,
            part=SAMPLE,
            effort=self._effort.value,
            seed=self._seed,
            tests=tests,
            folder=str(Path.cwd()),
            files=files,
            digest=digest,
        )
        says = said_by(located.claim) if is_file(located.source) else ""  # once a claim: every trial has a sample
        return [dataclasses.replace(first, part=part, says=says if part == SAMPLE else "") for part in wanted]


class Desk:
    """Takes results in, stores them, and concludes each claim when its last part is there."""

    def __init__(  # noqa: PLR0913 - all by keyword
        self,
        keys: Collection[str],
        store: Store,
        run_id: str,
        *,
        effort: Effort,
        seed: int,
        memory: Memory | None = None,
        recalled: Mapping[str, Remembered] | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """A desk for the claims of these keys, which are still to be brought: see `units`."""
        recalled = recalled or {}
        self.tests = sum(one.own_tests for one in recalled.values())
        """Probabilities that are estimated in the whole run, of the claims that have been brought."""
        self.run_id = run_id
        self.evidence = {key: one.evidence for key, one in recalled.items()}
        self.lost: set[str] = set()
        """Claims of which a part's worker failed: in error now, and tried again when the run is resumed."""
        self.unfit: dict[str, str] = {}
        """Claims that cannot even be described -> why."""
        self.failures: dict[str, str] = {}
        """Modules and files that cannot be read -> why."""
        self.workers = 1
        self._store, self._memory, self._on_progress = store, memory, on_progress
        self._effort, self._seed = effort, seed
        self._library: dict[str, Located] = {}
        self._own_tests: dict[str, int] = {}
        self._results: dict[str, dict[Part, PartResult]] = {}
        self._wanted: dict[str, list[Part]] = {}
        self._texts: dict[str, str] = {}
        self._to_judge, self._of_claims = len(keys), len(self.evidence.keys() | set(keys))
        self._done = self._total = 0
        self._left = {key: seconds for key, seconds in store.seconds().items() if key in keys}
        """What claims that are not finished will still take, of those that were judged before."""
        self._finished, self._spent = 0, 0.0
        self._units = Units(effort, seed)
        self._stored = store.parts(run_id)
        self.notes = [_damaged(name) for name in store.changed_parts(run_id)]

    @property
    def judged(self) -> list[str]:
        """Keys of the claims that have been brought, in that order."""
        return list(self._library)

    def claim_of(self, unit: Unit) -> Located:
        """The claim that a unit belongs to."""
        return self._library[unit.key]

    def units(self, arriving: Iterable[Library]) -> Iterator[list[Unit]]:
        """The units that are not done yet, claim by claim in the order given, each claim's longest first.

        The claims are taken as they arrive. Those that estimate probabilities share one chance of a false alarm with
        all others that do, and so come last, when every claim has arrived. Parts that an interrupted run has stored
        are taken up on the way; one that was changed or damaged is judged again.
        """
        estimating: list[Located] = []
        for library in arriving:
            for located in library.claims:
                self._bring(located)
            self.failures.update(library.failures)
            estimating += [one for one in library.claims if self._own_tests[one.claim.key]]
            yield self._open([one for one in library.claims if not self._own_tests[one.claim.key]])
        yield self._open(estimating)

    def _bring(self, located: Located) -> None:
        key = located.claim.key
        self._library[key] = located
        self._own_tests[key] = statistical_tests(located.claim, self._effort)
        self.tests += self._own_tests[key]
        self._wanted[key] = parts(located.claim, self._effort)
        self._total += len(self._wanted[key])
        self._results[key] = {}
        if located.source not in self._texts:
            self._texts[located.source] = source_digest(located.source)

    def _open(self, brought: Sequence[Located]) -> list[Unit]:
        """Their units without a result, after the results that are stored have been taken up."""
        wanted = [
            unit for one in brought for unit in self._units.of(one, self._wanted[one.claim.key], tests=self.tests)
        ]
        found: dict[Unit, PartResult] = {}
        for unit in wanted:
            payload = self._stored.pop(unit.name, None)
            result = None if payload is None else _read(payload)
            if result is not None:
                found[unit] = result
            elif payload is not None:
                self.notes.append(_damaged(unit.name))
        if found:
            with self._store.together():
                known = [self._take(unit, result) for unit, result in found.items()]
            for progress in known:
                self._on_progress(progress)
        return [unit for unit in wanted if unit not in found]

    def take(self, done: Sequence[Done]) -> None:
        """Take results in, stored in one transaction except those whose worker failed; then say what has come."""
        came = []
        with self._store.together():
            for one in done:
                if one.lost:
                    self.lost.add(one.unit.key)
                else:
                    self._store.record(self.run_id, one.unit.name, encode(one.result))
                came.append(self._take(one.unit, one.result))
        for progress in came:
            self._on_progress(progress)

    def _take(self, unit: Unit, result: PartResult) -> Progress:
        key, part = unit.key, unit.part
        results = self._results[key]
        results[part] = result
        self._done += 1
        self._spent += result.seconds
        if key in self._left:
            self._left[key] = max(0.0, self._left[key] - result.seconds)
        self._keep_counterexamples(key, part, result)
        if len(results) == len(self._wanted[key]):
            self._conclude(key)
        return Progress(
            done=self._done,
            total=self._total,
            key=key,
            part=part,
            evidence=self.evidence.get(key),
            claims=len(self.evidence),
            of_claims=self._of_claims,
            seconds_left=self._seconds_left(),
        )

    def _seconds_left(self) -> float | None:
        """From what earlier trials took; claims of which nothing is known count as much as the others."""
        usual = mean(self._left.values()) if self._left else self._spent / self._finished if self._finished else None
        if usual is None:
            return None
        unknown = self._to_judge - self._finished - len(self._left)
        return (sum(self._left.values()) + unknown * usual) / self.workers

    def _conclude(self, key: str) -> None:
        ordered = {name: self._results[key][name] for name in self._wanted[key]}
        self._finished += 1
        self._left.pop(key, None)
        try:
            record = encode(assemble(self._library[key], ordered))
            self.evidence[key] = decode(record, Evidence)  # a record is what is read back
        except Exception:  # noqa: BLE001 - a claim may hold anything; the others are still reported
            self.unfit[key] = traceback.format_exc(limit=-4)
            return
        if self._memory is not None and key not in self.lost:
            own = self._own_tests[key]
            self._memory.keep(self.evidence[key], ordered.values(), own_tests=own, tests=self.tests)

    def _keep_counterexamples(self, key: str, part: Part, result: PartResult) -> None:
        judged = [(result.sample, "", False)]
        if result.decision is not None:
            self._keep_decided(key, result.decision)
        if result.necessity is not None:
            for found in (result.necessity.sample.smallest, result.necessity.sample.worst):
                if found is not None:
                    self._keep(key, found, without=result.necessity.hypothesis)
        if result.mutant is not None:
            judged += [(result.mutant.sample, part.mutant, False), (result.mutant.instead_sample, part.mutant, True)]
        for sample, mutant, instead in judged:
            for found in (sample.smallest, sample.worst) if sample is not None else ():
                if found is not None:
                    self._keep(key, found, mutant=mutant, instead=instead)

    def _keep_decided(self, key: str, found: Decision) -> None:
        for shape in found.shapes:
            if shape.id:
                keep_certificate(self._store, self._library[key], shape)
        if found.counterexample is not None:
            self._keep(key, found.counterexample)
        for one in found.variants:
            if one.counterexample is not None:
                self._keep(key, one.counterexample, without=one.name)

    def _keep(
        self, key: str, found: Counterexample, *, mutant: str = "", instead: bool = False, without: str = ""
    ) -> None:
        located = self._library[key]
        keep(
            self._store,
            located,
            found,
            digest=self._texts[located.source],
            mutant=mutant,
            instead=instead,
            without=without,
        )


def _damaged(name: str) -> str:
    return f"not what was written in the store, and judged again: {name}"


def _read(payload: bytes) -> PartResult | None:
    """A stored result; None if it is none, or says nothing."""
    try:
        result = decode(payload, PartResult)
    except CorruptedRecordError:
        return None
    nothing = PartResult(seconds=result.seconds, read=result.read, untraced=result.untraced)
    return None if result == nothing else result
