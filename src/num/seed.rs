//! Random streams derived by name from one root seed, so that adding one draw moves no other.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The random stream called `name` under the root `seed`: SHA-256 of both is the key of a `ChaCha8` generator.
#[must_use]
pub fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::stream;
    use rand::Rng;

    #[test]
    fn streams_differ_by_name_and_repeat() {
        assert_eq!(stream(1, "a").next_u64(), stream(1, "a").next_u64());
        assert_ne!(stream(1, "a").next_u64(), stream(1, "b").next_u64());
        assert_ne!(stream(1, "a").next_u64(), stream(2, "a").next_u64());
    }
}
