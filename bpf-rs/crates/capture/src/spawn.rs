//! Spawning the command of `oisp run` (R2).
