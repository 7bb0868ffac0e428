//! Facts of the caller under sudo (R2).
