from .checks import Effort as Effort
from .checks import Evidence as Evidence
from .checks import Verdict as Verdict
from .checks import falsify as falsify
from .checks import judge as judge
from .checks import replay as replay
from .claims import AtLeast as AtLeast
from .claims import AtMost as AtMost
from .claims import Claim as Claim
from .claims import Conserved as Conserved
from .claims import Family as Family
from .claims import Hypothesis as Hypothesis
from .claims import Identity as Identity
from .claims import Measurement as Measurement
from .claims import Monotone as Monotone
from .claims import Mutant as Mutant
from .claims import Paper as Paper
from .claims import Procedure as Procedure
from .claims import Rate as Rate
from .claims import load as load

__version__: str
