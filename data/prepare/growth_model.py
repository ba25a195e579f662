"""Learn the growth model, and score it where it could not have looked.

Usage:  python data/prepare/growth_model.py PANEL_FOLDER [--out FOLDER] [--model-only]

PANEL_FOLDER holds pair_turnover_2000_2016.parquet and itpde_r1_total_2000_2016.parquet (USITC
ITPD-E, Release 1) and agtpa_applications_1986_2006.parquet (WTO/UN guide). Each source is used
twice: both directions of a pair added, and one direction alone, as one importer reports it.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from tradelib.science.outlook import fit_growth_model

KNOWN_FROM = "2020-12-31"
TRAINED_ON = (
    "17,744 pairs of 2000-2016 (USITC ITPD-E, Release 1) and 2,346 pairs of 1986-2006 (WTO/UN "
    "Advanced Guide data), each with both directions and with one direction alone"
)


def turnover(flows, *, one=False):
    """A panel of pairs from directed flows; of one direction alone, the partner first by name."""
    away = flows[flows["exporter"].astype(str) != flows["importer"].astype(str)]
    sides = away[["exporter", "importer"]].astype(str).to_numpy()
    first = sides[:, 0] < sides[:, 1]
    pair = np.where(first, sides[:, 0] + "-" + sides[:, 1], sides[:, 1] + "-" + sides[:, 0])
    table = pd.DataFrame(
        {"pair": pair, "year": away["year"].astype(int).to_numpy(), "turnover_musd": away["trade"]}
    )
    if one:
        even = table["pair"].map(lambda name: sum(map(ord, name)) % 2 == 0).to_numpy()
        table = table[even == first]
    return table.groupby(["pair", "year"], as_index=False)["turnover_musd"].sum()


def panels(folder):
    """Both sources, each twice."""
    folder = Path(folder)
    late = pd.read_parquet(folder / "pair_turnover_2000_2016.parquet")
    flows = pd.read_parquet(folder / "itpde_r1_total_2000_2016.parquet")
    early = pd.read_parquet(folder / "agtpa_applications_1986_2006.parquet")
    flows = flows.rename(columns={"trade_musd": "trade"})
    return {
        "ITPD-E": late.assign(pair=late["pair"].astype(str)),
        "ITPD-E, one direction": turnover(flows, one=True),
        "guide": turnover(early),
        "guide, one direction": turnover(early, one=True),
    }


def model(tables):
    """The model that ships."""
    return fit_growth_model(tables, trained_on=TRAINED_ON, known_from=KNOWN_FROM)


def main():
    """Write the model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    found = model(panels(options.panel_folder))
    (options.out / "growth_model.json").write_text(json.dumps(found.to_dict(), indent=1) + "\n")
    print(found.summary())


if __name__ == "__main__":
    main()
