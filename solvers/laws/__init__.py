"""Conservation laws of gradient flow: how many a model has, and which polynomials are among them."""

from lemmata.solvers.laws.counting import Closure as Closure
from lemmata.solvers.laws.counting import closure as closure
from lemmata.solvers.laws.discovery import Law as Law
from lemmata.solvers.laws.discovery import is_law as is_law
from lemmata.solvers.laws.findings import Findings as Findings
from lemmata.solvers.laws.formulas import formula as formula
from lemmata.solvers.laws.independence import counts_at as counts_at
from lemmata.solvers.laws.independence import independent as independent
from lemmata.solvers.laws.independence import span_at as span_at
from lemmata.solvers.laws.model import Block as Block
from lemmata.solvers.laws.model import Model as Model
from lemmata.solvers.laws.model import ModelError as ModelError
from lemmata.solvers.laws.model import as_array as as_array
from lemmata.solvers.laws.model import letters as letters
from lemmata.solvers.laws.networks import Convolutional as Convolutional
from lemmata.solvers.laws.networks import Dense as Dense
from lemmata.solvers.laws.regions import Pattern as Pattern
from lemmata.solvers.laws.regions import realised as realised
from lemmata.solvers.laws.searching import one_field as one_field
from lemmata.solvers.laws.searching import search as search
