"""The site: what its pages say. How they look stands in `templates` and in one stylesheet."""
