//! Misspelling.

use super::super::draw;
use rand_chacha::ChaCha8Rng;

/// Adds `words` to `out`, misspelling each word of four or more letters with probability `share`: two letters change
/// places, one is left out, or one is doubled, never the first.
pub(super) fn write(words: &str, share: f64, rng: &mut ChaCha8Rng, out: &mut String) {
    if share <= 0.0 {
        out.push_str(words);
        return;
    }
    for word in words.split_inclusive(|c: char| !c.is_ascii_alphabetic()) {
        let letters = word.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        if letters.len() < 4 || !draw::chance(rng, share) {
            out.push_str(word);
            continue;
        }
        let at = 1 + draw::place(rng, letters.len() - 2);
        let (head, tail) = letters.split_at(at);
        out.push_str(head);
        match draw::place(rng, 3) {
            0 => {
                out.push_str(&tail[1..2]);
                out.push_str(&tail[..1]);
                out.push_str(&tail[2..]);
            }
            1 => out.push_str(&tail[1..]),
            _ => {
                out.push_str(&tail[..1]);
                out.push_str(tail);
            }
        }
        out.push_str(&word[letters.len()..]);
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::num::seed;

    #[test]
    fn short_words_and_first_letters_stay_and_the_share_is_kept() {
        let mut rng = seed::stream(1, "spelling");
        let (mut changed, n) = (0, 2_000);
        for _ in 0..n {
            let mut out = String::new();
            write("the mother, at home", 0.3, &mut rng, &mut out);
            assert!(out.starts_with("the m") && out.contains(", at h"), "{out}");
            changed += u32::from(out != "the mother, at home");
        }
        // Two words can change: 1 - 0.7 x 0.7.
        assert!((f64::from(changed) / f64::from(n) - 0.51).abs() < 0.04, "{changed}");
    }
}
