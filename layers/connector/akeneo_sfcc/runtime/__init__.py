"""The Lambda shell around the stages: handlers, environment, wiring."""
