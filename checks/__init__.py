"""The trial: is a claim so? Proof, sampling, exact settling, mutants, verdict and evidence."""

from lemmata.checks._budget import Budget as Budget
from lemmata.checks._budget import Effort as Effort
from lemmata.checks._falsify import Attempt as Attempt
from lemmata.checks._falsify import falsify as falsify
from lemmata.checks._replay import Replay as Replay
from lemmata.checks._replay import replay as replay
from lemmata.checks._runner import Progress as Progress
from lemmata.checks._runner import judge as judge
from lemmata.checks._runner import run as run
from lemmata.checks._trial import describe as describe
from lemmata.checks._trial import without as without
from lemmata.checks.evidence import Counterexample as Counterexample
from lemmata.checks.evidence import Evidence as Evidence
from lemmata.checks.evidence import Run as Run
from lemmata.checks.evidence import Statement as Statement
from lemmata.checks.judging.settle import Ruling as Ruling
from lemmata.checks.judging.settle import Settled as Settled
from lemmata.checks.judging.settle import settle as settle
from lemmata.checks.stages.constants import fixed as fixed
from lemmata.checks.store import Store as Store
from lemmata.checks.verdict import Reason as Reason
from lemmata.checks.verdict import Verdict as Verdict
