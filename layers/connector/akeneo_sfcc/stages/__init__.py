"""One function per job stage: a typed task in, a typed result out."""
