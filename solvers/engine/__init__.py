"""Long iterations: the vector machine, the plain step, checkpoints and outcomes."""

from lemmata.solvers.engine.iteration import Dynamics as Dynamics
from lemmata.solvers.engine.iteration import Engine as Engine
from lemmata.solvers.engine.iteration import Iterated as Iterated
from lemmata.solvers.engine.iteration import engine_for_long_runs as engine_for_long_runs
from lemmata.solvers.engine.iteration import iterate as iterate
from lemmata.solvers.engine.iteration import without_error_bounds as without_error_bounds
from lemmata.solvers.engine.memory import keep_freed_memory as keep_freed_memory
from lemmata.solvers.engine.outcome import Outcome as Outcome
from lemmata.solvers.engine.outcome import combine as combine
from lemmata.solvers.engine.runge_kutta import Flow as Flow
from lemmata.solvers.engine.runge_kutta import integrate as integrate
