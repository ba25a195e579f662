"""One PPML by gme; run in its own environment.

Usage:  python gravity_gme.py IN.csv OUT.json TERM,TERM,... EFFECT,EFFECT,...

IN holds ``exporter``, ``importer``, ``year``, ``trade_musd`` and the terms; OUT the coefficients,
robust standard errors, rows used and ``seconds`` of the estimation alone.
"""

import contextlib
import io
import json
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
from gme.construct_data.EstimationData import EstimationData
from gme.estimate.EstimationModel import EstimationModel


def main() -> None:
    """Fit and write the result."""
    warnings.simplefilter("ignore")
    source, out, listed_terms, listed_effects = sys.argv[1:]
    terms = listed_terms.split(",")
    effects = listed_effects.split(",")
    with contextlib.redirect_stdout(io.StringIO()):
        data = EstimationData(
            data_frame=pd.read_csv(source),
            exp_var_name="exporter",
            imp_var_name="importer",
            year_var_name="year",
            trade_var_name="trade_musd",
        )
        model = EstimationModel(
            data,
            lhs_var="trade_musd",
            rhs_var=terms,
            fixed_effects=effects,
        )
        start = time.perf_counter()
        fit = model.estimate()["all"]
        seconds = time.perf_counter() - start
    content = {
        "estimate": {term: float(fit.params[term]) for term in terms},
        "std_error": {term: float(fit.bse[term]) for term in terms},
        "rows": int(fit.nobs),
        "seconds": seconds,
    }
    Path(out).write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    main()
