"""An AWS for one machine: the stack of template.yaml on moto, its functions in worker processes."""
