"""Where turnover is heading: nowcast, simple forecasters, the growth model."""
