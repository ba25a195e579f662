"""What figures say of a target: functions of frames, models and numbers alone."""
